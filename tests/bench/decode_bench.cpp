// Decode, resize to 244 x 244 and convert to three float planes, files in memory: what a loader does with every
// example. Usage: decode_bench DIR THREADS [EPOCHS]
#include <boxfeed/core/file.h>
#include <boxfeed/image/image_decoder.h>
#include <boxfeed/image/pixel_writer.h>
#include <boxfeed/image/resampler.h>
#include <boxfeed/image/resize.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <thread>
#include <vector>

namespace {

using boxfeed::ImageSize;

constexpr ImageSize kSize{244, 244};

class Worker {
 public:
  void run(const std::vector<std::vector<std::uint8_t>>& files, std::atomic<std::size_t>& next) {
    for (std::size_t i; (i = next++) < files.size();) {
      const auto image = decoder_.decode_stored(files[i], kSize);
      const auto map = boxfeed::resize_map(image.header.displayed(), kSize) * image.to_displayed;
      resampler_.resample(image.pixels, map, resized_);
      writer_.write(resized_, row_.data());
    }
  }

 private:
  boxfeed::ImageDecoder decoder_;
  boxfeed::Resampler resampler_;
  boxfeed::PixelWriter writer_;
  cv::Mat resized_ = cv::Mat(kSize.height, kSize.width, CV_8UC3);
  std::vector<float> row_ = std::vector<float>(3 * kSize.height * kSize.width);
};

double images_per_second(const std::vector<std::vector<std::uint8_t>>& files, std::vector<Worker>& workers) {
  std::atomic<std::size_t> next{0};
  const auto start = std::chrono::steady_clock::now();
  std::vector<std::thread> threads;
  for (auto& worker : workers) threads.emplace_back([&] { worker.run(files, next); });
  for (auto& thread : threads) thread.join();
  return static_cast<double>(files.size()) /
         std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

int main(int argc, char** argv) try {
  const int threads = argc > 2 ? std::atoi(argv[2]) : 0;
  const int epochs = argc > 3 ? std::atoi(argv[3]) : 5;
  if (argc > 4 || threads < 1 || epochs < 1) {
    std::fprintf(stderr, "usage: decode_bench DIR THREADS [EPOCHS]\n");
    return 2;
  }
  std::vector<std::vector<std::uint8_t>> files;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
    boxfeed::InputFile(entry.path().string()).read_all(files.emplace_back(), 256 << 20);
  }
  std::vector<Worker> workers(static_cast<std::size_t>(threads));
  double best = 0;
  for (int epoch = 0; epoch < epochs; ++epoch) best = std::max(best, images_per_second(files, workers));
  std::printf("boxfeed decode: %.0f img/s\n", best);
} catch (const std::exception& error) {
  std::fprintf(stderr, "decode_bench: %s\n", error.what());
  return 1;
}
