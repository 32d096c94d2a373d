// Resized crop, flip, turn and color jitter, boxes along, to three float planes of 224 x 224, in two threads: from the
// decoded pixels of the first 100 images, or from the JPEG files. Usage: transform_bench CSV DIR EPOCHS memory|jpeg
#include <boxfeed/annotations/csv.h>
#include <boxfeed/core/file.h>
#include <boxfeed/core/random.h>
#include <boxfeed/image/image_decoder.h>
#include <boxfeed/image/pixel_writer.h>
#include <boxfeed/transforms/color.h>
#include <boxfeed/transforms/geometry.h>
#include <boxfeed/transforms/pipeline.h>
#include <boxfeed/transforms/renderer.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace boxfeed;
using namespace boxfeed::transforms;

constexpr ImageSize kSize{224, 224};
constexpr std::size_t kThreads = 2;
constexpr std::size_t kInMemory = 100;
constexpr std::uint64_t kSeed = 7;

struct Source {
  AnnotationTable table;
  Folder folder;
  std::vector<cv::Mat> pixels;  // empty: read the files
};

/// What one thread needs; every image goes into a row of memory that stands already.
class Worker {
 public:
  Worker()
      : pipeline_({RandomResizedCrop(kSize).scale({0.5, 1.0}), RandomHorizontalFlip(), RandomRotation(10),
                   ColorJitter(0.2, 0.2, 0.2)}) {}

  void run(const Source& source, const std::vector<std::size_t>& order, std::uint64_t epoch,
           std::atomic<std::size_t>& next) {
    for (std::size_t i; (i = next++) < order.size();) make(source, order[i], epoch);
  }

  std::size_t boxes() const { return boxes_; }

 private:
  void make(const Source& source, std::size_t index, std::uint64_t epoch) {
    SampleGeometry sample{{}, source.table.boxes(index).to_vector(), {}, 0};
    const Random random(kSeed, epoch, index);
    if (!source.pixels.empty()) {
      const cv::Mat& pixels = source.pixels[index];
      sample.size = {pixels.rows, pixels.cols};
      const Plan plan = pipeline_.draw(sample, random);
      renderer_.resample(plan, pixels, {}, image_);
      apply_colors(plan, image_);
      boxes_ += plan.boxes.size();
    } else {
      source.folder.open(source.table.name(index)).read_all(bytes_, std::uint64_t{1} << 28);
      sample.size = read_image_header(bytes_).displayed();
      const Plan plan = pipeline_.draw(sample, random);
      const DecodedImage decoded = decoder_.decode_stored(bytes_, plan.decode_size());
      renderer_.resample(plan, decoded.pixels, decoded.to_displayed, image_);
      apply_colors(plan, image_);
      boxes_ += plan.boxes.size();
    }
    writer_.write(image_, row_.data());
  }

  Pipeline pipeline_;
  Renderer renderer_;
  ImageDecoder decoder_;
  PixelWriter writer_;
  std::vector<std::uint8_t> bytes_;
  std::vector<float> row_ = std::vector<float>(3 * kSize.height * kSize.width);
  cv::Mat image_;
  std::size_t boxes_ = 0;
};

double images_per_second(const Source& source, std::vector<Worker>& workers, std::uint64_t epoch) {
  const std::size_t count = source.pixels.empty() ? source.table.size() : source.pixels.size();
  const auto start = std::chrono::steady_clock::now();
  const auto order = random_permutation(count, kSeed, epoch);
  std::atomic<std::size_t> next{0};
  std::vector<std::thread> threads;
  for (auto& worker : workers) threads.emplace_back([&] { worker.run(source, order, epoch, next); });
  for (auto& thread : threads) thread.join();
  return static_cast<double>(count) / std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

int main(int argc, char** argv) try {
  const std::string mode = argc == 5 ? argv[4] : "";
  const int epochs = argc == 5 ? std::atoi(argv[3]) : 0;
  if ((mode != "memory" && mode != "jpeg") || epochs < 1) {
    std::fprintf(stderr, "usage: transform_bench CSV DIR EPOCHS memory|jpeg\n");
    return 2;
  }
  Source source{read_csv(argv[1]), Folder(argv[2]), {}};
  if (mode == "memory") {
    ImageDecoder decoder;
    std::vector<std::uint8_t> bytes;
    for (std::size_t i = 0; i < std::min(kInMemory, source.table.size()); ++i) {
      source.folder.open(source.table.name(i)).read_all(bytes, std::uint64_t{1} << 28);
      source.pixels.push_back(decoder.decode(bytes).pixels);
    }
  }
  std::vector<Worker> workers(kThreads);
  double best = 0;
  for (int epoch = 0; epoch < epochs; ++epoch) {
    best = std::max(best, images_per_second(source, workers, static_cast<std::uint64_t>(epoch)));
  }
  std::size_t boxes = 0;
  for (const auto& worker : workers) boxes += worker.boxes();
  std::fprintf(stderr, "%s: %zu boxes delivered\n", mode.c_str(), boxes);
  std::printf("boxfeed transforms: %.0f img/s\n", best);
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
