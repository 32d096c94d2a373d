#include <boxfeed/data/detection_dataset.h>
#include <boxfeed/loader/make_data_loader.h>
#include <boxfeed/transforms/color.h>
#include <boxfeed/transforms/compose.h>
#include <boxfeed/transforms/geometry.h>
#include <boxfeed/transforms/transform.h>
#include <torch/types.h>

#include <string>
#include <utility>
#include <vector>

#include "data/coordinate_images.h"
#include "support/catch.h"

// Augmented examples through both loaders: the same numbers for any number of workers, others in every epoch.

using namespace boxfeed;
using namespace boxfeed::transforms;
using boxfeed::testing::FortyImages;
using Catch::Matchers::ContainsSubstring;
using Options = boxfeed::DataLoaderOptions;

namespace {

Pipeline augmentation() {
  return Pipeline(
      {RandomHorizontalFlip(), KeepBoundingBoxes({RandomAffine(10).translate({0.1, 0.1})}), ColorJitter(0.3)});
}

DatasetOptions augmented(const Pipeline& pipeline = augmentation()) {
  return DatasetOptions().image_size({12, 16}).dtype(torch::kUInt8).pipeline(pipeline);
}

struct Epoch {
  torch::Tensor data, target;
  bool operator==(const Epoch& other) const {
    return torch::equal(data, other.data) && torch::equal(target, other.target);
  }
};

template <typename Loader>
Epoch epoch_of(Loader& loader) {
  std::vector<torch::Tensor> data, target;
  for (auto& batch : loader) {
    data.push_back(batch.data);
    target.push_back(batch.target);
  }
  return {torch::cat(data), torch::cat(target)};
}

}  // namespace

TEST_CASE("augmented batches are the same for any number of workers and in both loaders, and differ between epochs") {
  const FortyImages images;
  const auto dataset = images.dataset(augmented());
  std::vector<Epoch> epochs;
  for (const std::size_t workers : {0, 1, 4}) {
    CAPTURE(workers);
    auto loader = make_data_loader<samplers::SequentialSampler>(dataset, Options(7).workers(workers).seed(11));
    for (std::size_t epoch = 0; epoch < 3; ++epoch) {
      Epoch now = epoch_of(*loader);
      if (workers == 0)
        epochs.push_back(std::move(now));
      else
        CHECK(now == epochs[epoch]);
    }
    CHECK(loader->stats().stages[Stage::kColor].count() > 0);
  }
  CHECK(!(epochs[0] == epochs[1]));
  CHECK(!(epochs[1] == epochs[2]));
  CHECK(!torch::equal(epochs[0].target, epochs[1].target));

  // LibTorch's loader, told of the epoch by a copy of the dataset.
  auto copy = dataset;
  auto stock = torch::data::make_data_loader<torch::data::samplers::SequentialSampler>(
      CsvDataset(dataset).map(torch::data::transforms::Stack<>()),
      torch::data::DataLoaderOptions().batch_size(7).workers(2));
  for (std::size_t epoch = 0; epoch < 3; ++epoch) {
    copy.set_seed(11);
    copy.set_epoch(epoch);
    CHECK(epoch_of(*stock) == epochs[epoch]);
  }
}

TEST_CASE("an augmented epoch is resumed exactly, with other workers too") {
  const FortyImages images;
  const auto dataset = images.dataset(augmented());
  const auto make = [&](std::size_t workers) {
    return make_data_loader<samplers::RandomSampler>(dataset, Options(8).workers(workers).seed(5));
  };
  auto whole = make(2);
  epoch_of(*whole);
  std::vector<torch::Tensor> expected;
  std::string state;
  for (auto& batch : *whole) {
    if (expected.size() == 2) state = whole->state();
    expected.push_back(batch.data);
  }
  auto resumed = make(0);
  resumed->load_state(state);
  std::size_t at = expected.size();
  std::vector<torch::Tensor> rest;
  for (auto& batch : *resumed) rest.push_back(batch.data);
  at -= rest.size();
  REQUIRE(rest.size() >= 2);
  for (std::size_t i = 0; i < rest.size(); ++i) CHECK(torch::equal(rest[i], expected[at + i]));
}

TEST_CASE("a state of another pipeline is refused, and the message says that it is the pipeline") {
  const FortyImages images;
  const auto make = [&](const Pipeline& pipeline) {
    return make_data_loader(images.dataset(augmented(pipeline)), Options(4).seed(1));
  };
  const auto state = make(Pipeline({RandomHorizontalFlip(0.5)}))->state();
  CHECK_NOTHROW(make(Pipeline({RandomHorizontalFlip(0.5)}))->load_state(state));
  try {
    make(Pipeline({RandomHorizontalFlip(0.6)}))->load_state(state);
    FAIL("nothing was thrown");
  } catch (const Error& error) {
    CHECK(error.reason() == Reason::kDatasetChanged);
    // Rows and options are the same on both sides, the pipelines are not.
    const std::string text = error.what();
    const auto part = [&](const std::string& name, std::size_t from) {
      const auto at = text.find(name + ' ', from);
      REQUIRE(at != std::string::npos);
      return std::pair{text.substr(at + name.size() + 1, 10), at + 1};
    };
    for (const std::string name : {"rows", "options", "pipeline"}) {
      const auto there = part(name, 0);
      const auto here = part(name, there.second);
      CHECK((there.first == here.first) == (name != "pipeline"));
    }
  }
}

TEST_CASE("an example whose box the pipeline loses is an error in its place, which can be skipped") {
  const FortyImages images;  // boxes at x from 0 to 3, of width 3
  const Pipeline right_half({LambdaGeometry("RightHalf", [](const SampleGeometry& sample, Random&) {
    return DrawnMap{PlaneMap::translation(-5, 0), {sample.size.height, 3}, {}};
  })});
  auto loader = make_data_loader<samplers::SequentialSampler>(
      images.dataset(augmented(right_half)), Options(40).workers(2).error_policy(ErrorPolicy::kSkip).max_errors(40));
  std::int64_t examples = 0;
  for (auto& batch : *loader) examples += batch.data.size(0);
  CHECK(examples == 10);  // only where x is 3 does a column remain
  REQUIRE(loader->errors().size() == 30);
  CHECK(loader->errors()[0].reason == Reason::kBoxLost);
  CHECK_THAT(loader->errors()[0].message,
             ContainsSubstring("data.csv:2 (example 0)") && ContainsSubstring("KeepBoundingBoxes"));
}

TEST_CASE("batches of augmented detections are the same for any number of workers") {
  const FortyImages images;
  const DetectionDataset dataset(images.dataset().table(), images.folder() / "images", augmented());
  std::vector<DetectionBatch> expected;
  for (const std::size_t workers : {0, 1, 4}) {
    auto loader = make_data_loader<samplers::SequentialSampler>(dataset, Options(16).workers(workers).seed(3));
    std::size_t k = 0;
    for (auto& batch : *loader) {
      if (workers == 0) {
        expected.push_back(batch);
        continue;
      }
      CHECK(torch::equal(batch.images, expected[k].images));
      CHECK(torch::equal(batch.boxes, expected[k].boxes));
      CHECK(batch.to_original[3].entries() == expected[k].to_original[3].entries());
      ++k;
    }
  }
}
