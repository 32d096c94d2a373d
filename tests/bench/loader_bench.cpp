// The whole way from a CSV and a folder of images to batches.
// Usage: loader_bench CSV DIR WORKERS EPOCHS [none|memory|disk] [float|uint8] [none|light|strong|JSON]
// The second to last words say where decoded images are kept and what a batch holds, the last one is a preset of
// augmentation or a pipeline as JSON. Of a disk cache the file is DIR.pixels, which stays.
#include <boxfeed/data/csv_dataset.h>
#include <boxfeed/data/samplers.h>
#include <boxfeed/loader/make_data_loader.h>
#include <boxfeed/transforms/pipeline.h>
#include <sys/resource.h>
#include <torch/types.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// The most memory that was resident, in MiB.
double peak_mib() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

}  // namespace

int main(int argc, char** argv) {
  const auto word = [&](int i, const char* otherwise) { return std::string(argc > i ? argv[i] : otherwise); };
  const std::string cache = word(5, "none"), type = word(6, "float"), preset = word(7, "none");
  const bool is_right = argc >= 5 && argc <= 8 && (cache == "none" || cache == "memory" || cache == "disk") &&
                        (type == "float" || type == "uint8");
  if (!is_right) {
    std::fprintf(
        stderr,
        "usage: loader_bench CSV DIR WORKERS EPOCHS [none|memory|disk] [float|uint8] [none|light|strong|JSON]\n");
    return 2;
  }
  try {
    // Boxes of resized photographs end a fraction of a pixel outside of them.
    const auto policy = boxfeed::BoxPolicy().outside(boxfeed::BoxAction::kFix);
    auto options = boxfeed::DatasetOptions().image_size({244, 244}).box_policy(policy);
    options.dtype(type == "uint8" ? torch::kUInt8 : torch::kFloat32);
    options.pipeline(preset[0] == '{' ? boxfeed::transforms::pipeline_from_json(preset)
                                      : boxfeed::transforms::augmentation_preset(preset));
    if (cache == "memory") options.cache(boxfeed::CacheOptions());
    if (cache == "disk") options.cache(boxfeed::CacheOptions().path(std::string(argv[2]) + ".pixels"));
    const double before = peak_mib();
    const auto opening = Clock::now();
    const boxfeed::CsvDataset dataset(argv[1], argv[2], options);
    std::printf("%zu images, opened in %.2f s; %.0f MiB, %.0f MiB before\n", *dataset.size(), seconds_since(opening),
                peak_mib(), before);
    const auto workers = static_cast<std::size_t>(std::atoi(argv[3]));
    auto loader = boxfeed::make_data_loader<boxfeed::samplers::RandomSampler>(
        dataset, boxfeed::DataLoaderOptions(20).workers(workers));
    double best = 0;
    for (int epoch = 0; epoch < std::atoi(argv[4]); ++epoch) {
      const auto start = Clock::now();
      std::int64_t images = 0;
      for (auto& batch : *loader) images += batch.data.size(0);
      best = std::max(best, static_cast<double>(images) / seconds_since(start));
    }
    std::printf("%.0f MiB at the most\n%s\n", peak_mib(), loader->verdict().c_str());
    const auto stats = dataset.cache_stats();
    if (cache != "none") {
      std::printf("cache: %llu images, %.1f MB, %llu served, %llu decoded%s%s\n",
                  static_cast<unsigned long long>(stats.images), static_cast<double>(stats.bytes) / 1e6,
                  static_cast<unsigned long long>(stats.served), static_cast<unsigned long long>(stats.decoded),
                  stats.remark.empty() ? "" : "; ", stats.remark.c_str());
    }
    std::printf("boxfeed: %.0f img/s\n", best);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
