// Epochs with errors, breaks and reloads, for as long as it is told: the right examples come all the time, and memory,
// threads and open files stay what they were. Usage: boxfeed_soak MINUTES, or boxfeed_soak --rounds COUNT, which leaves
// the memory alone.
#include <boxfeed/data/csv_dataset.h>
#include <boxfeed/data/samplers.h>
#include <boxfeed/loader/make_data_loader.h>
#include <boxfeed/transforms/color.h>
#include <boxfeed/transforms/geometry.h>
#include <torch/types.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <iostream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "image/sample_images.h"
#include "support/process.h"
#include "support/temporary_folder.h"

namespace {

using boxfeed::DataLoaderOptions;
using boxfeed::ErrorPolicy;
using Batch = torch::data::Example<>;
using Seconds = std::chrono::duration<double>;

constexpr std::size_t kExamples = 120;
constexpr std::uint64_t kSeed = 11;
constexpr std::size_t kEpochs = 5;

void require(bool holds, const std::string& what) {
  if (!holds) throw std::runtime_error(what);
}

/// Photographs with their number as the label; of every twenty one is not there, one is cut off and one is no image.
boxfeed::CsvDataset make_dataset(const boxfeed::testing::TemporaryFolder& folder) {
  std::string rows = "image,number\n";
  for (std::size_t i = 0; i < kExamples; ++i) {
    const std::string name = std::to_string(i) + ".jpg";
    const auto jpeg =
        samples::jpeg(samples::picture(40 + static_cast<int>(i % 7) * 30, 60 + static_cast<int>(i % 5) * 40));
    std::string bytes(jpeg.begin(), jpeg.end());
    if (i % 20 == 3) bytes.resize(bytes.size() / 2);
    if (i % 20 == 11) bytes = "no image";
    if (i % 20 != 17) folder.write(name, bytes);
    rows += name + "," + std::to_string(i) + "\n";
  }
  const boxfeed::transforms::Pipeline pipeline(
      {boxfeed::transforms::RandomHorizontalFlip(), boxfeed::transforms::ColorJitter(0.2, 0.2)});
  return boxfeed::CsvDataset(folder.write("data.csv", rows), folder.path().string(),
                             boxfeed::DatasetOptions().image_size({32, 48}).dtype(torch::kUInt8).pipeline(pipeline));
}

/// An example as the number in its row and the sum of its pixels.
using Seen = std::pair<std::int64_t, std::int64_t>;

std::vector<Seen> seen_in(const Batch& batch) {
  std::vector<Seen> seen;
  for (std::int64_t row = 0; row < batch.data.size(0); ++row) {
    seen.emplace_back(batch.target[row][0].item<float>(), batch.data[row].sum().item<std::int64_t>());
  }
  return seen;
}

class Soak {
 public:
  Soak() : dataset_(make_dataset(folder_)) {
    for (std::size_t epoch = 0; epoch < kEpochs; ++epoch) {
      auto loader = make_loader(DataLoaderOptions(1).workers(0).error_policy(ErrorPolicy::kSkip));
      loader->set_epoch(epoch);
      expected_.emplace_back();
      for (auto& batch : *loader) append(expected_.back(), batch);
    }
    require(expected_[0].size() == kExamples - kExamples / 20 * 3, "the wrong examples are skipped");
    require(expected_[0] != expected_[1], "two epochs are the same");
  }

  void round() {
    const std::uint64_t epoch = draw(kEpochs);
    const DataLoaderOptions options = DataLoaderOptions(1 + draw(17)).workers(draw(5));
    switch (draw(3)) {
      case 0: return skip(epoch, options);
      case 1: return replace(epoch, options);
      default: return go_on_after_errors(epoch, options);
    }
  }

 private:
  using Loader = std::unique_ptr<boxfeed::DataLoader<Batch>>;

  Loader make_loader(DataLoaderOptions options) const {
    return boxfeed::make_data_loader<boxfeed::samplers::RandomSampler>(dataset_, options.seed(kSeed).max_errors(1.0));
  }

  std::size_t draw(std::size_t below) { return static_cast<std::size_t>(random_.below(below)); }

  void append(std::vector<Seen>& all, const Batch& batch) {
    const auto seen = seen_in(batch);
    all.insert(all.end(), seen.begin(), seen.end());
    kept_.emplace_back(batch, seen);
    if (kept_.size() > 12) {
      require(seen_in(kept_.front().first) == kept_.front().second, "a batch that was kept has changed");
      kept_.pop_front();
    }
  }

  /// Every good example in its place, though the loop is left, and other workers go on where it was.
  void skip(std::uint64_t epoch, DataLoaderOptions options) {
    options.error_policy(ErrorPolicy::kSkip);
    auto loader = make_loader(options);
    loader->set_epoch(epoch);
    std::vector<Seen> all;
    for (bool whole = false; !whole;) {
      const std::size_t last = draw(2 * loader->size());
      std::size_t step = 0;
      whole = true;
      for (auto& batch : *loader) {
        append(all, batch);
        if (++step > last) {
          whole = false;
          break;
        }
      }
      if (whole) break;
      const std::string state = loader->state();
      loader = make_loader(options.workers(draw(5)));
      loader->load_state(state);
      if (all.size() == expected_[epoch].size()) break;
    }
    require(all == expected_[epoch], "not the examples of epoch " + std::to_string(epoch));
  }

  /// Good examples take the place of the others.
  void replace(std::uint64_t epoch, DataLoaderOptions options) {
    auto loader = make_loader(options.error_policy(ErrorPolicy::kReplace));
    loader->set_epoch(epoch);
    std::vector<Seen> all;
    for (auto& batch : *loader) append(all, batch);
    std::sort(all.begin(), all.end());
    auto good = expected_[epoch];
    std::sort(good.begin(), good.end());
    require(std::includes(all.begin(), all.end(), good.begin(), good.end(),
                          [](const Seen& a, const Seen& b) { return a.first < b.first; }),
            "an example was not delivered");
  }

  /// The loader is usable after each error.
  void go_on_after_errors(std::uint64_t epoch, DataLoaderOptions options) {
    auto loader = make_loader(options.batch_size(1));
    loader->set_epoch(epoch);
    std::vector<Seen> all;
    std::size_t errors = 0;
    auto batch = loader->begin();
    while (batch != loader->end()) {
      append(all, *batch);
      for (bool advanced = false; !advanced;) {
        try {
          ++batch;
          advanced = true;
        } catch (const boxfeed::Error&) {
          ++errors;
        }
      }
    }
    require(all == expected_[epoch], "not the examples of epoch " + std::to_string(epoch) + " between errors");
    require(errors + all.size() == kExamples, "not an error for each bad example");
  }

  boxfeed::testing::TemporaryFolder folder_;
  boxfeed::CsvDataset dataset_;
  std::vector<std::vector<Seen>> expected_;
  std::deque<std::pair<Batch, std::vector<Seen>>> kept_;
  boxfeed::Random random_{1, 2, 3};
};

int run(const std::string& argument, const std::string& count) {
  const bool by_rounds = argument == "--rounds";
  const std::size_t rounds_wanted = by_rounds ? std::stoul(count) : 0;
  const Seconds time_wanted(by_rounds ? 0 : 60 * std::stod(argument));

  Soak soak;
  soak.round();
  const std::size_t threads = boxfeed::testing::threads_of_process();
  const std::size_t files = boxfeed::testing::open_descriptors();
  std::array<std::size_t, 10> most = {};  // resident bytes in each tenth of the time
  std::size_t rounds = 0;
  const auto start = std::chrono::steady_clock::now();
  for (Seconds time(0); by_rounds ? rounds < rounds_wanted : time < time_wanted;
       time = std::chrono::steady_clock::now() - start) {
    soak.round();
    ++rounds;
    if (by_rounds) continue;
    const auto tenth = static_cast<std::size_t>(10 * time / time_wanted);
    if (most[tenth] == 0) std::cout << tenth * 10 << " %: " << rounds << " rounds" << std::endl;
    most[tenth] = std::max(most[tenth], boxfeed::testing::resident_bytes());
  }
  require(boxfeed::testing::threads_become(threads), "there are more threads than at the start");
  require(boxfeed::testing::open_descriptors() == files, "there are more open files than at the start");
  std::cout << rounds << " rounds";
  if (!by_rounds) {
    std::cout << "; resident MiB in each tenth:";
    for (const std::size_t bytes : most) std::cout << ' ' << (bytes >> 20U);
    require(most[9] < most[1] + most[1] / 20 + (8U << 20U), "memory has grown");
  }
  std::cout << std::endl;
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: boxfeed_soak MINUTES | --rounds COUNT\n";
    return 2;
  }
  try {
    return run(argv[1], argc > 2 ? argv[2] : "");
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
