// Datasets with a cache of decoded images against the same without one.
#include <boxfeed/core/error.h>
#include <boxfeed/data/csv_dataset.h>
#include <boxfeed/data/detection_dataset.h>
#include <boxfeed/transforms/color.h>
#include <boxfeed/transforms/compose.h>
#include <boxfeed/transforms/geometry.h>
#include <torch/types.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <numeric>
#include <opencv2/core.hpp>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "data/coordinate_images.h"
#include "image/sample_images.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

using namespace boxfeed;
using namespace boxfeed::transforms;
using boxfeed::testing::load;
using boxfeed::testing::TemporaryFolder;
using Catch::Matchers::ContainsSubstring;

namespace {

constexpr std::size_t kPhotographs = 6;

/// A smooth picture with edges and a fine grid in it, another one for each `k`.
cv::Mat photograph(int height, int width, std::size_t k) {
  cv::Mat image = samples::picture(height, width);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      auto& pixel = image.at<cv::Vec3b>(y, x);
      if ((x / 40 + y / 30) % 5 == static_cast<int>(k % 5)) pixel = {255, 40, static_cast<std::uint8_t>(30 * k)};
      if (x > width / 2 && (x + y) % 4 < 2) pixel[1] = static_cast<std::uint8_t>(pixel[1] / 2 + 60);
    }
  }
  return image;
}

/// Photographs of several sizes, one of them turned by EXIF, one a PNG, with boxes; as old as files usually are.
class Photographs {
 public:
  Photographs() {
    std::string boxes = "image,x,y,h,w\n", numbers = "image,v\n";
    const int sizes[][2] = {{480, 640}, {300, 200}, {90, 120}, {640, 400}, {333, 777}, {244, 244}};
    for (std::size_t k = 0; k < kPhotographs; ++k) {
      const cv::Mat image = photograph(sizes[k][0], sizes[k][1], k);
      samples::Bytes bytes = k == 4 ? samples::encoded(image, ".png") : samples::jpeg(image);
      if (k == 3) bytes = samples::with_orientation(bytes, 6);
      put(name(k), bytes);
      boxes += name(k) + ",20,30,40,50\n";
      numbers += name(k) + ",1\n";
    }
    boxes_ = folder_.write("data.csv", boxes);
    numbers_ = folder_.write("numbers.csv", numbers);
  }

  static std::string name(std::size_t k) { return std::to_string(k) + (k == 4 ? ".png" : ".jpg"); }

  void put(const std::string& name, const samples::Bytes& bytes, std::chrono::seconds age = std::chrono::hours(1)) {
    const auto path = folder_.write("images/" + name, std::string(bytes.begin(), bytes.end()));
    std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now() - age);
  }

  /// With a number for each, which no crop takes away.
  CsvDataset dataset(const DatasetOptions& options, const std::string& images = "images") const {
    return CsvDataset(numbers_, folder_ / images, options);
  }
  CsvDataset with_boxes(const DatasetOptions& options) const { return CsvDataset(boxes_, folder_ / "images", options); }
  DetectionDataset detections(const DatasetOptions& options) const {
    return DetectionDataset(boxes_, folder_ / "images", options);
  }
  /// Kept in memory, or in a file.
  CacheOptions cache(bool on_disk) const { return CacheOptions().path(on_disk ? folder_ / "images.pixels" : ""); }
  const TemporaryFolder& folder() const { return folder_; }

 private:
  TemporaryFolder folder_;
  std::string boxes_, numbers_;
};

DatasetOptions with_cache(DatasetOptions options, const CacheOptions& cache) { return options.cache(cache); }

/// All examples of an epoch, one after the other.
template <typename Dataset>
std::vector<torch::Tensor> epoch_of(const Dataset& dataset, std::uint64_t epoch, std::size_t count = kPhotographs) {
  std::vector<torch::Tensor> images;
  for (std::size_t i = 0; i < count; ++i) images.push_back(load(dataset, {5, epoch, i}).data);
  return images;
}

bool are_equal(const std::vector<torch::Tensor>& a, const std::vector<torch::Tensor>& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    CAPTURE(i);
    if (!a[i].equal(b[i])) return false;
  }
  return a.size() == b.size();
}

/// Differences in gray levels.
struct Distance {
  double mean = 0, worst = 0, psnr = 0;
};

Distance distance(const std::vector<torch::Tensor>& a, const std::vector<torch::Tensor>& b) {
  double sum = 0, squares = 0, count = 0;
  Distance d;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto difference = (a[i].to(torch::kDouble) - b[i].to(torch::kDouble)).abs() * 255;
    sum += difference.sum().item<double>();
    squares += difference.pow(2).sum().item<double>();
    count += static_cast<double>(difference.numel());
    d.worst = std::max(d.worst, difference.max().item<double>());
  }
  d.mean = sum / count;
  d.psnr = 10 * std::log10(255.0 * 255.0 * count / std::max(squares, 1e-6));
  return d;
}

Pipeline moving() { return augmentation_preset("light"); }

/// Only a window of the image, without resizing, which needs all of its pixels.
Pipeline window() { return Pipeline({RandomCrop({60, 60})}); }

}  // namespace

TEST_CASE("where nothing random moves the images, what comes from a cache is the same to the bit") {
  const Photographs files;
  const bool on_disk = GENERATE(false, true);
  const auto check = [&](const DatasetOptions& options) {
    const auto plain = files.dataset(options), cached = files.dataset(with_cache(options, files.cache(on_disk)));
    for (std::uint64_t epoch = 0; epoch < 3; ++epoch) CHECK(are_equal(epoch_of(plain, epoch), epoch_of(cached, epoch)));
    const CacheStats stats = cached.cache_stats();
    CHECK(stats.served + stats.decoded == 3 * kPhotographs);
    CHECK(stats.served >= 2 * kPhotographs);  // all, where another type or layout has the same pixels in the file
    CHECK(stats.damaged == 0);
    CHECK(stats.remark.empty());
    CHECK(cached.fingerprint() == plain.fingerprint());
  };
  check(DatasetOptions());
  check(DatasetOptions().dtype(torch::kUInt8));
  check(DatasetOptions().dtype(torch::kUInt8).memory_format(c10::MemoryFormat::ChannelsLast));
  check(DatasetOptions().image_size({100, 180}).resize_mode(ResizeMode::kLetterbox).mean({0.5F}).std({0.25F}));
  check(DatasetOptions().image_size({100, 180}).resize_mode(ResizeMode::kCover).channels(1));
  check(DatasetOptions().image_size(300).pipeline(Pipeline({CenterCrop({200, 100})})));
  check(DatasetOptions().pipeline(Pipeline({ColorJitter(0.4, 0.4, 0.4), RandomGrayscale(0.5)})));
  check(DatasetOptions().image_size(64).pipeline(Pipeline({RandomApply({GaussianBlur(3)}, 0.5)})));
  check(DatasetOptions().decode(DecodeOptions().apply_orientation(false)));
}

TEST_CASE("neither colors nor hooks change what is in the cache") {
  const Photographs files;
  const bool on_disk = GENERATE(false, true);
  const auto options =
      DatasetOptions()
          .image_size(50)
          .pipeline(Pipeline({LambdaColor("Invert", [](cv::Mat& image, Random&) { image = 255 - image; }),
                              LambdaColor("Half", [](cv::Mat& image, Random&) { image /= 2; })}))
          .transform([](cv::Mat& image) { image += 3; });
  const auto plain = files.dataset(options), cached = files.dataset(with_cache(options, files.cache(on_disk)));
  for (int i = 0; i < 3; ++i) CHECK(are_equal(epoch_of(plain, 0), epoch_of(cached, 0)));
  cached.explain({0, 0, 1}).image.setTo(cv::Scalar::all(0));
  CHECK(are_equal(epoch_of(plain, 0), epoch_of(cached, 0)));
}

TEST_CASE("random views from a cache are near those without one, and the same whether the image is in it or not") {
  const Photographs files;
  for (const std::string preset : {"light", "strong"}) {
    CAPTURE(preset);
    const auto options = DatasetOptions().image_size(120).pipeline(augmentation_preset(preset));
    const auto plain = files.dataset(options);
    const auto in_memory = files.dataset(with_cache(options, CacheOptions()));
    const auto on_disk = files.dataset(with_cache(options, files.cache(true)));
    const auto without_room = files.dataset(with_cache(options, CacheOptions().max_bytes(0)));
    for (std::uint64_t epoch = 0; epoch < 3; ++epoch) {
      CAPTURE(epoch);
      const auto views = epoch_of(in_memory, epoch);
      CHECK(are_equal(views, epoch_of(on_disk, epoch)));
      CHECK(are_equal(views, epoch_of(without_room, epoch)));
      const Distance d = distance(epoch_of(plain, epoch), views);
      CAPTURE(d.mean, d.worst, d.psnr);
      CHECK(d.mean < 1.5);
      CHECK(d.psnr > 37);
    }
    CHECK(in_memory.cache_stats().served + in_memory.cache_stats().decoded == 3 * kPhotographs);
    CHECK(in_memory.cache_stats().served >= kPhotographs);
    CHECK(without_room.cache_stats().served == 0);
    CHECK_THAT(without_room.cache_stats().remark, ContainsSubstring("full with 0 images"));
  }
}

TEST_CASE("raccoon: how far views from a cache are from those of the decoder") {
  const std::string raccoon = std::string(BOXFEED_SHARED_DATA) + "/raccoon";
  if (!std::filesystem::exists(raccoon + "/boxes.csv")) {
    WARN("skipped: no " << raccoon);
    return;
  }
  constexpr std::size_t kImages = 40;
  const auto policy = BoxPolicy().outside(BoxAction::kFix);
  const auto check = [&](const Pipeline& pipeline, double mean, double psnr) {
    const auto options = DatasetOptions().pipeline(pipeline).box_policy(policy);
    const CsvDataset plain(raccoon + "/boxes.csv", raccoon + "/images", options);
    const CsvDataset cached(raccoon + "/boxes.csv", raccoon + "/images", with_cache(options, CacheOptions()));
    for (std::uint64_t epoch = 0; epoch < 2; ++epoch) {
      const Distance d = distance(epoch_of(plain, epoch, kImages), epoch_of(cached, epoch, kImages));
      CAPTURE(d.mean, d.worst, d.psnr);
      CHECK(d.mean <= mean);
      CHECK(d.psnr >= psnr);
    }
  };
  check(Pipeline(), 0, 99);
  check(augmentation_preset("light"), 1, 40);
  check(augmentation_preset("strong"), 1, 40);
}

TEST_CASE("plans, boxes and what is told of an example do not change with a cache") {
  const Photographs files;
  const auto options = DatasetOptions().image_size(120).pipeline(augmentation_preset("strong"));
  const auto plain = files.with_boxes(options),
             cached = files.with_boxes(with_cache(options, files.cache(GENERATE(false, true))));
  for (std::uint64_t epoch = 0; epoch < 3; ++epoch) {
    for (std::size_t i = 0; i < kPhotographs; ++i) {
      const ExampleKey key{5, epoch, i};
      CHECK(load(plain, key).target.equal(load(cached, key).target));
      const auto a = plain.plan(key), b = cached.plan(key);
      CHECK(a.explain() == b.explain());
      CHECK((a.boxes == b.boxes));
      CHECK((a.to_original(a.boxes) == b.to_original(b.boxes)));
      const auto explained = cached.explain(key);
      CHECK(explained.plan.explain() == a.explain());
      CHECK(explained.image.rows == 120);
    }
  }
}

TEST_CASE("mosaics come from the cache, too") {
  const Photographs files;
  const auto options = DatasetOptions()
                           .image_size(120)
                           .dtype(torch::kUInt8)
                           .pipeline(Pipeline({RandomHorizontalFlip()}, PipelineOptions().mix(Mosaic())));
  const auto plain = files.detections(options),
             cached = files.detections(with_cache(options, files.cache(GENERATE(false, true))));
  for (std::uint64_t epoch = 0; epoch < 2; ++epoch) {
    for (std::size_t i = 0; i < kPhotographs; ++i) {
      const auto a = load(plain, {5, epoch, i}), b = load(cached, {5, epoch, i});
      CHECK(a.boxes.equal(b.boxes));
      const auto difference = (a.images.to(torch::kDouble) - b.images.to(torch::kDouble)).abs().mean().item<double>();
      CHECK(difference < 3);
    }
  }
  CHECK(cached.cache_stats().served > 0);
}

TEST_CASE("a view with more detail than a cache keeps is decoded from its file, to the bit") {
  const Photographs files;
  const auto options = DatasetOptions().image_size(60).pipeline(window());
  const auto plain = files.dataset(options), cached = files.dataset(with_cache(options, CacheOptions()));
  const auto whole = files.dataset(with_cache(options, CacheOptions().max_side(800)));
  for (std::uint64_t epoch = 0; epoch < 2; ++epoch) {
    for (const std::size_t i : {0, 3, 4}) {  // of 480, 640 and 333 pixels, where 120 are kept
      CHECK(load(plain, {5, epoch, i}).data.equal(load(cached, {5, epoch, i}).data));
      CHECK(load(plain, {5, epoch, i}).data.equal(load(whole, {5, epoch, i}).data));
    }
  }
  CHECK(cached.cache_stats().served == 0);
  CHECK(cached.cache_stats().images == 0);
  CHECK(whole.cache_stats().served == 3);
}

TEST_CASE("geometry that is seldom random is decoded from the file where it is") {
  const Photographs files;
  const auto seldom = [](const SampleGeometry& sample, Random&) -> std::optional<DrawnMap> {
    if (sample.size.width != 200) return std::nullopt;
    return DrawnMap{PlaneMap::translation(-50, -50), {100, 100}, {}, true};
  };
  int step = 0;
  const auto by_step = [&step](const SampleGeometry&, Random&) {
    return DrawnMap{PlaneMap::translation(-step, 0), {60, 60}, {}, true};
  };
  const auto check = [&](const Pipeline& pipeline) {
    const auto options = DatasetOptions().image_size(60).pipeline(pipeline);
    const auto plain = files.dataset(options),
               cached = files.dataset(with_cache(options, files.cache(GENERATE(false, true))));
    for (step = 0; step < 4; ++step) CHECK(are_equal(epoch_of(plain, 0), epoch_of(cached, 0)));
  };
  check(Pipeline({LambdaGeometry("Seldom", seldom)}));
  step = 0;
  check(Pipeline({LambdaGeometry("ByStep", by_step)}));  // not a function of the example at all
}

TEST_CASE("a photograph that was changed is never served as it was") {
  Photographs files;
  const bool on_disk = GENERATE(false, true);
  const auto pipeline = GENERATE(Pipeline(), moving());
  const auto options = DatasetOptions().image_size(80).pipeline(pipeline);
  const auto cached = files.dataset(with_cache(options, files.cache(on_disk)));
  const auto check = [&] {
    // The same options, no image of it kept: what is right now.
    const auto now = files.dataset(with_cache(options, CacheOptions().max_bytes(0)));
    CHECK(are_equal(epoch_of(now, 0), epoch_of(cached, 0)));
    CHECK(are_equal(epoch_of(now, 1), epoch_of(cached, 1)));
  };
  check();
  auto other = samples::jpeg(photograph(480, 640, 9)), same_size = samples::jpeg(photograph(480, 640, 11));
  other.resize(std::max(other.size(), same_size.size()));  // what stands behind a JPEG belongs to nothing
  same_size.resize(other.size());
  files.put("0.jpg", other, std::chrono::hours(2));
  check();
  files.put("0.jpg", same_size, std::chrono::hours(3));
  check();
  files.put("0.jpg", samples::jpeg(photograph(100, 90, 2)), std::chrono::seconds(0));
  check();
  files.put("0.jpg", samples::jpeg(photograph(90, 100, 3)), std::chrono::seconds(0));
  check();
  std::filesystem::remove(files.folder() / "images/0.jpg");
  CHECK_THROWS_WITH(load(cached, {5, 0, 0}),
                    ContainsSubstring("numbers.csv:2 (example 0)") && ContainsSubstring("No such file"));
}

TEST_CASE("one file keeps the images of several datasets apart, and serves the next process") {
  const Photographs files;
  const auto cache = files.cache(true);
  const DatasetOptions all[] = {
      DatasetOptions(),
      DatasetOptions().image_size(100),
      DatasetOptions().channels(1),
      DatasetOptions().resize_mode(ResizeMode::kCover),
      DatasetOptions().decode(DecodeOptions().apply_orientation(false)),
      DatasetOptions().pipeline(Pipeline({CenterCrop({50, 50})})),
      DatasetOptions().pipeline(Pipeline({}, PipelineOptions().resample(ResampleOptions().antialias(false))))};
  for (int run = 0; run < 2; ++run) {
    for (const auto& options : all) {
      const auto plain = files.dataset(options), cached = files.dataset(with_cache(options, cache));
      CHECK(are_equal(epoch_of(plain, 0), epoch_of(cached, 0)));
      CHECK(cached.cache_stats().served == (run == 0 ? 0 : kPhotographs));
    }
  }
  CHECK(files.dataset(with_cache(DatasetOptions(), cache)).cache_stats().images == 7 * kPhotographs);
}

TEST_CASE("copies and subsets share a cache") {
  const Photographs files;
  const auto dataset = files.dataset(DatasetOptions().cache(CacheOptions()));
  epoch_of(dataset, 0);
  const auto half = dataset.subset({1, 3, 5});
  const auto copy = half;
  epoch_of(copy, 0, 3);
  CHECK(dataset.cache_stats().served == 3);
  CHECK(half.cache_stats().images == kPhotographs);
}

TEST_CASE("any number of threads gets the same from a cache, in any state of it") {
  const Photographs files;
  const auto options = DatasetOptions().image_size(64).pipeline(moving());
  constexpr std::size_t kPlaces = 4 * kPhotographs;
  const auto all = [&](const CsvDataset& dataset, std::size_t threads) {
    const auto builder = dataset.make_batch_builder();
    std::vector<torch::Tensor> batches;
    for (std::uint64_t epoch = 0; epoch < 2; ++epoch) {
      const auto batch = builder->start(kPlaces);
      std::vector<std::thread> workers;
      for (std::size_t t = 0; t < threads; ++t) {
        workers.emplace_back([&, t] {
          StageTimes times;
          for (std::size_t i = t; i < kPlaces; i += threads) batch->fill(i, {3, 4 * epoch + i % 4, i / 4}, times);
        });
      }
      for (auto& worker : workers) worker.join();
      std::vector<std::size_t> kept(kPlaces);
      std::iota(kept.begin(), kept.end(), std::size_t{0});
      batches.push_back(batch->finish(kept).data.clone());
    }
    return batches;
  };
  const auto expected = all(files.dataset(with_cache(options, CacheOptions().max_bytes(0))), 1);
  for (const std::size_t threads : {1, 4}) {
    CHECK(are_equal(expected, all(files.dataset(with_cache(options, CacheOptions())), threads)));
    CHECK(are_equal(expected, all(files.dataset(with_cache(options, CacheOptions().max_bytes(100'000))), threads)));
    CHECK(are_equal(expected, all(files.dataset(with_cache(options, files.cache(true))), threads)));
  }
}

TEST_CASE("images in an archive are kept by the archive's name, time and entry") {
  const Photographs files;
  const std::string in = "cd '" + files.folder().path().string() + "' && ";
  REQUIRE(std::system((in + "tar -cf images.tar images && touch -d '1 hour ago' images.tar").c_str()) == 0);
  const auto cached = files.dataset(DatasetOptions().cache(files.cache(GENERATE(false, true))), "images.tar");
  const auto plain = files.dataset(DatasetOptions());
  for (int run = 0; run < 2; ++run) CHECK(are_equal(epoch_of(plain, 0), epoch_of(cached, 0)));
  CHECK(cached.cache_stats().served == kPhotographs);
  CHECK(files.dataset(DatasetOptions().cache(files.cache(true))).cache_stats().served == 0);
}

TEST_CASE("a cache that cannot be is refused, or told") {
  const Photographs files;
  CHECK_THROWS_WITH(
      files.dataset(DatasetOptions().cache(CacheOptions()).decode(DecodeOptions().pixel_type(PixelType::kFloat32))),
      ContainsSubstring("expected no cache where images are decoded to floats"));
  CHECK_THROWS_WITH(
      files.dataset(DatasetOptions().cache(CacheOptions().max_side(100))),
      ContainsSubstring("expected a cache with max_side from 244, the output's longer side, to 65535, got 100"));
  const auto dataset = files.dataset(DatasetOptions().cache(CacheOptions().path(files.folder() / "nowhere/file")));
  CHECK(are_equal(epoch_of(files.dataset(DatasetOptions()), 0), epoch_of(dataset, 0)));
  CHECK_THAT(dataset.cache_stats().remark, ContainsSubstring("nowhere/file") && ContainsSubstring("No such file"));
  CHECK(dataset.cache_stats().decoded == kPhotographs);
  CHECK(files.dataset(DatasetOptions()).cache_stats().remark.empty());
}

TEST_CASE("a dataset without a cache tells how many bytes one would hold") {
  const Photographs files;
  const auto bytes = [&](const DatasetOptions& options) { return files.dataset(options).cacheable_bytes(); };
  CHECK(bytes(DatasetOptions().image_size({10, 20})) == kPhotographs * 10 * 20 * 3);
  CHECK(bytes(DatasetOptions().image_size({10, 20}).channels(1)) == kPhotographs * 10 * 20);
  // Where images may move they are kept twice as large.
  CHECK(bytes(DatasetOptions().image_size({10, 20}).pipeline(moving())) == kPhotographs * 20 * 40 * 3);
  CHECK(bytes(DatasetOptions().cache(CacheOptions())) == 0);
  CHECK(bytes(DatasetOptions().decode(DecodeOptions().pixel_type(PixelType::kFloat32))) == 0);
}
