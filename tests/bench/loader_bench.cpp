// The whole way from a CSV and a folder of images to batches. Usage: loader_bench CSV DIR WORKERS EPOCHS
#include <boxfeed/data/csv_dataset.h>
#include <boxfeed/data/samplers.h>
#include <boxfeed/loader/make_data_loader.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>

int main(int argc, char** argv) {
  if (argc != 5) return std::fprintf(stderr, "usage: loader_bench CSV DIR WORKERS EPOCHS\n"), 2;
  try {
    // Boxes of resized photographs end a fraction of a pixel outside of them.
    const auto policy = boxfeed::BoxPolicy().outside(boxfeed::BoxAction::kFix);
    const boxfeed::CsvDataset dataset(argv[1], argv[2],
                                      boxfeed::DatasetOptions().image_size({244, 244}).box_policy(policy));
    const auto workers = static_cast<std::size_t>(std::atoi(argv[3]));
    auto loader = boxfeed::make_data_loader<boxfeed::samplers::RandomSampler>(
        dataset, boxfeed::DataLoaderOptions(20).workers(workers));
    double best = 0;
    for (int epoch = 0; epoch < std::atoi(argv[4]); ++epoch) {
      const auto start = std::chrono::steady_clock::now();
      std::int64_t images = 0;
      for (auto& batch : *loader) images += batch.data.size(0);
      const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
      best = std::max(best, static_cast<double>(images) / time.count());
    }
    std::printf("%s\n", loader->verdict().c_str());
    std::printf("boxfeed: %.0f img/s\n", best);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
