// csv_bench FILE THREADS: the rate at which a CSV is read and checked, the best of three, and the most memory that it
// took.
#include <boxfeed/annotations/csv.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>

int main(int argc, char** argv) try {
  if (argc != 3) {
    std::fprintf(stderr, "usage: csv_bench FILE THREADS\n");
    return 2;
  }
  const auto options = boxfeed::CsvOptions().threads(std::strtoul(argv[2], nullptr, 10));
  double best = 0;
  for (int i = 0; i < 3; ++i) {
    const auto start = std::chrono::steady_clock::now();
    const auto table = boxfeed::read_csv(argv[1], options);
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
    best = std::max(best, static_cast<double>(table.size()) / time.count());
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("memory: %.2f times the file's size\n",
              1024 * static_cast<double>(usage.ru_maxrss) / static_cast<double>(std::filesystem::file_size(argv[1])));
  std::printf("boxfeed csv: %.0f rows/s\n", best);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "csv_bench: %s\n", error.what());
  return 1;
}
