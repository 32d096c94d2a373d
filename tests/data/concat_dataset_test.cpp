#include <boxfeed/data/concat_dataset.h>
#include <boxfeed/data/detection_dataset.h>
#include <boxfeed/transforms/geometry.h>
#include <torch/types.h>

#include <stdexcept>
#include <string>
#include <utility>

#include "data/coordinate_images.h"
#include "support/catch.h"

using namespace boxfeed;
using boxfeed::testing::CoordinateImages;
using boxfeed::testing::values;
using Catch::Matchers::ContainsSubstring;

namespace {

/// Pictures first, first + 1, … of 6 x 8 pixels, each with one box, whose left side is the picture's number.
class Pictures : public CoordinateImages {
 public:
  Pictures(int first, int count) {
    std::string csv = "image,x,y,h,w\n";
    for (int k = first; k < first + count; ++k) {
      add(k, 6, 8);
      csv += std::to_string(k) + ".png," + std::to_string(k) + ",1,2,1\n";
    }
    csv_ = csv;
  }
  CsvDataset csv_dataset(const DatasetOptions& options = DatasetOptions().image_size({6, 8})) const {
    return dataset(csv_, options);
  }
  DetectionDataset detection_dataset(const DatasetOptions& options = DatasetOptions().image_size({6, 8})) const {
    return DetectionDataset(csv_dataset().table(), folder() / "images", options);
  }

 private:
  std::string csv_;
};

}  // namespace

TEST_CASE("datasets one after another: sizes, examples by number, in place and not") {
  const Pictures first(0, 2), second(2, 1), third(3, 4);
  ConcatDataset<CsvDataset> all({first.csv_dataset(), second.csv_dataset(), third.csv_dataset()});
  static_assert(is_batch_buildable_v<ConcatDataset<CsvDataset>>);
  CHECK(all.size() == 7);
  CHECK(all.sizes() == std::vector<std::size_t>{2, 1, 4});
  const auto builder = all.make_batch_builder();
  const auto batch = builder->start(7);
  StageTimes times;
  for (std::size_t place = 0; place < 7; ++place) batch->fill(place, ExampleKey{0, 0, 6 - place}, times);
  const auto built = batch->finish({0, 1, 2, 3, 4, 5, 6});
  for (std::int64_t i = 0; i < 7; ++i) {
    const auto example = all.get(static_cast<std::size_t>(i));
    CHECK(example.target[0].item<float>() == static_cast<float>(i));
    CHECK(torch::equal(built.target[6 - i], example.target));
    CHECK(torch::equal(built.data[6 - i], example.data));
  }
  CHECK_THROWS_AS(all.get(7), std::out_of_range);
}

TEST_CASE("detections of several datasets in one batch") {
  const Pictures first(0, 2), second(2, 3);
  const ConcatDataset<DetectionDataset> all({first.detection_dataset(), second.detection_dataset()});
  static_assert(is_batch_buildable_v<ConcatDataset<DetectionDataset>>);
  const auto builder = all.make_batch_builder();
  const auto batch = builder->start(3);
  StageTimes times;
  const std::vector<std::size_t> order{4, 1, 2};
  for (std::size_t place = 0; place < 3; ++place) batch->fill(place, ExampleKey{0, 0, order[place]}, times);
  const auto built = batch->finish({0, 1, 2});
  CHECK(values(built.boxes.select(1, 0)) == std::vector<float>{4, 1, 2});
  // Room for as many objects as an example of any of them may have.
  const auto csv = first.folder().write("crowd.csv", "image,x,y,h,w\n0.png,0,1,2,1\n0.png,3,1,2,1\n0.png,5,1,2,1\n");
  const DetectionDataset one = first.detection_dataset();
  const DetectionDataset three(csv, first.folder() / "images", DatasetOptions().image_size({6, 8}));
  const auto most = three.make_batch_builder()->bytes(4);
  CHECK(most > one.make_batch_builder()->bytes(4));
  CHECK(ConcatDataset<DetectionDataset>({one, three}).make_batch_builder()->bytes(4) == most);
  CHECK(ConcatDataset<DetectionDataset>({three, one}).make_batch_builder()->bytes(4) == most);
}

TEST_CASE("random numbers of one place in two datasets differ, and are those of the dataset itself in the first") {
  const Pictures pictures(0, 2);
  const auto dataset = pictures.csv_dataset(
      DatasetOptions().image_size({6, 8}).pipeline(transforms::Pipeline({transforms::RandomHorizontalFlip(0.5)})));
  const ConcatDataset<CsvDataset> twice({dataset, dataset});
  const auto builder = twice.make_batch_builder();
  const auto alone = dataset.make_batch_builder();
  const auto load = [](auto& from, const ExampleKey& key) {
    StageTimes times;
    const auto batch = from->start(1);
    batch->fill(0, key, times);
    return batch->finish({0}).data;
  };
  int different = 0;
  for (std::uint64_t epoch = 0; epoch < 40; ++epoch) {
    const auto first = load(builder, {3, epoch, 1});
    CHECK(torch::equal(first, load(alone, {3, epoch, 1})));
    different += torch::equal(first, load(builder, {3, epoch, 3})) ? 0 : 1;
  }
  CHECK(different > 8);
  CHECK(different < 32);
}

TEST_CASE("datasets whose examples are not of one kind, and no datasets, are refused") {
  const Pictures first(0, 2), second(2, 1);
  const auto other = DatasetOptions().image_size({3, 4});
  CHECK_THROWS_WITH(ConcatDataset<CsvDataset>({first.csv_dataset(), second.csv_dataset(other)}).make_batch_builder(),
                    ContainsSubstring("rows have the same sizes"));
  CHECK_THROWS_WITH(ConcatDataset<DetectionDataset>({first.detection_dataset(), second.detection_dataset(other)})
                        .make_batch_builder(),
                    ContainsSubstring("images have the same size"));
  CHECK_THROWS_WITH(ConcatDataset<CsvDataset>(std::vector<CsvDataset>{}),
                    ContainsSubstring("expected some datasets, got none"));
}

TEST_CASE("the fingerprint tells the datasets and their order") {
  const Pictures first(0, 2), second(2, 1);
  const auto a = first.csv_dataset(), b = second.csv_dataset();
  const auto fingerprint = [](std::vector<CsvDataset> datasets) {
    return ConcatDataset<CsvDataset>(std::move(datasets)).fingerprint();
  };
  CHECK(fingerprint({a, b}) == "2 " + a.fingerprint() + "; 1 " + b.fingerprint());
  CHECK(fingerprint({a, b}) != fingerprint({b, a}));
}
