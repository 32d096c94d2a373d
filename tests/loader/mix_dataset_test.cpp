#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/annotations/csv.h>
#include <boxfeed/data/detection_dataset.h>
#include <boxfeed/loader/make_data_loader.h>
#include <boxfeed/transforms/color.h>
#include <boxfeed/transforms/geometry.h>
#include <boxfeed/transforms/mix.h>
#include <torch/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "data/coordinate_images.h"
#include "support/catch.h"

// Mixed examples through the loaders: each is made in one worker of its own sources, whatever the others do.

using namespace boxfeed;
using namespace boxfeed::transforms;
using boxfeed::testing::FortyImages;
using Catch::Matchers::ContainsSubstring;
using Options = boxfeed::DataLoaderOptions;

namespace {

DetectionDataset mixed(const FortyImages& images, const Mix& mix) {
  const Pipeline pipeline({RandomHorizontalFlip(), ColorJitter(0.3)}, PipelineOptions().mix(mix));
  return DetectionDataset(images.dataset().table(), images.folder() / "images",
                          DatasetOptions().image_size({24, 32}).pipeline(pipeline));
}

bool equal(const DetectionBatch& a, const DetectionBatch& b) {
  return torch::equal(a.images, b.images) && torch::equal(a.boxes, b.boxes) && torch::equal(a.offsets, b.offsets) &&
         torch::equal(a.labels, b.labels);
}

}  // namespace

TEST_CASE("mixed batches are the same for any number of workers and in both loaders, and differ between epochs") {
  const FortyImages images;
  for (const Mix& mix : {Mix(Mosaic()), Mix(MixUp()), Mix(CutMix())}) {
    CAPTURE(mix_name(mix));
    const auto dataset = mixed(images, mix);
    std::vector<std::vector<DetectionBatch>> epochs(2);
    for (const std::size_t workers : {0, 1, 4}) {
      auto loader = make_data_loader<samplers::SequentialSampler>(dataset, Options(16).workers(workers).seed(3));
      for (auto& epoch : epochs) {
        std::size_t k = 0;
        for (auto& batch : *loader) {
          if (workers == 0) epoch.push_back(batch);
          CHECK(equal(batch, epoch.at(k++)));
        }
      }
    }
    CHECK(!equal(epochs[0][0], epochs[1][0]));
    auto copy = dataset;
    copy.set_seed(3);
    copy.set_epoch(1);
    auto stock = torch::data::make_data_loader<torch::data::samplers::SequentialSampler>(
        DetectionDataset(dataset).map(StackDetections()), torch::data::DataLoaderOptions().batch_size(16).workers(2));
    std::size_t k = 0;
    for (auto& batch : *stock) CHECK(equal(batch, epochs[1].at(k++)));
  }
}

TEST_CASE("an example with a broken partner is left out and listed at the partner's place, for any number of workers") {
  const FortyImages images;
  std::filesystem::remove(images.folder() / "images/7.png");
  std::vector<std::string> expected;
  for (const std::size_t workers : {0, 3}) {
    auto loader = make_data_loader<samplers::SequentialSampler>(
        mixed(images, Mosaic()), Options(40).workers(workers).seed(3).error_policy(ErrorPolicy::kSkip).max_errors(40));
    std::int64_t examples = 0;
    for (auto& batch : *loader) examples += batch.size();
    std::vector<std::string> messages;
    for (const auto& error : loader->errors()) {
      messages.push_back(error.message);
      CHECK_THAT(error.message, ContainsSubstring("data.csv:9 (example 7)") && ContainsSubstring("7.png"));
      CHECK((error.index == 7U) == (error.message.find("mixed into") == std::string::npos));
    }
    CHECK(messages.size() > 1);
    CHECK(examples == 40 - static_cast<std::int64_t>(messages.size()));
    if (workers == 0) expected = messages;
    CHECK(messages == expected);
  }
}
