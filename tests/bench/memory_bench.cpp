// The resident memory while a large folder is opened and read once. Usage: memory_bench FOLDER COUNT WORKERS
// FOLDER is made: COUNT names in a CSV, all of them links to a few JPEGs of 320 × 240.
#include <boxfeed/boxfeed.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <opencv2/imgcodecs.hpp>
#include <string>

namespace fs = std::filesystem;

namespace {

constexpr int kDistinct = 16;

double resident_mib() {
  std::ifstream in("/proc/self/statm");
  double pages = 0, resident = 0;
  in >> pages >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 20);
}

void make_folder(const fs::path& folder, std::size_t count) {
  fs::create_directories(folder / "images");
  boxfeed::Random random(1, 0, 0);
  for (int i = 0; i < kDistinct; ++i) {
    cv::Mat image(240, 320, CV_8UC3);
    for (int row = 0; row < image.rows; ++row) {
      for (int byte = 0; byte < 3 * image.cols; ++byte) {
        image.ptr(row)[byte] =
            static_cast<unsigned char>((row * (i + 3) + byte) / 4 + static_cast<int>(random.below(32)));
      }
    }
    cv::imwrite((folder / ("source" + std::to_string(i) + ".jpg")).string(), image);
  }
  std::ofstream csv(folder / "data.csv");
  csv << "image,x,y,h,w\n";
  for (std::size_t i = 0; i < count; ++i) {
    const std::string name = std::to_string(i) + ".jpg";
    const auto link = folder / "images" / name;
    if (!fs::exists(link)) fs::create_hard_link(folder / ("source" + std::to_string(i % kDistinct) + ".jpg"), link);
    csv << name << ",10,20,30,40\n";
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return std::fprintf(stderr, "usage: memory_bench FOLDER COUNT WORKERS\n"), 2;
  const fs::path folder = argv[1];
  const auto count = static_cast<std::size_t>(std::atoll(argv[2]));
  make_folder(folder, count);
  std::printf("before the dataset: %.0f MiB\n", resident_mib());
  boxfeed::CsvDataset dataset((folder / "data.csv").string(), (folder / "images").string());
  std::printf("%zu names opened: %.0f MiB\n", *dataset.size(), resident_mib());
  auto loader = boxfeed::make_data_loader<boxfeed::samplers::RandomSampler>(
      dataset, boxfeed::DataLoaderOptions(20).workers(static_cast<std::size_t>(std::atoi(argv[3]))));
  std::size_t seen = 0, next = 1000;
  for (auto& batch : *loader) {
    seen += static_cast<std::size_t>(batch.data.size(0));
    if (seen >= next) {
      std::printf("%zu examples: %.0f MiB\n", seen, resident_mib());
      next = next < count / 10 ? count / 10 : next + count / 10;
    }
  }
}
