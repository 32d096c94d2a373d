#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/annotations/annotation_table_builder.h>
#include <boxfeed/core/error.h>
#include <boxfeed/data/detection_dataset.h>
#include <torch/types.h>

#include <stdexcept>

#include "data/coordinate_images.h"
#include "support/catch.h"

using boxfeed::DatasetOptions;
using boxfeed::DetectionDataset;
using boxfeed::ExampleKey;
using boxfeed::StageTimes;
using Catch::Matchers::ContainsSubstring;

namespace {

/// Three images: two objects, none, one.
class Photographs : public boxfeed::testing::CoordinateImages {
 public:
  Photographs() {
    add(0, 20, 40);
    add(1, 30, 30);
    add(2, 10, 20);
  }

  DetectionDataset dataset(DatasetOptions options = DatasetOptions().image_size({20, 20})) const {
    const auto csv = folder().write("labels.csv",
                                    "image,class,xmin,ymin,xmax,ymax\n0.png,cat,0,0,10,10\n2.png,dog,4,2,20,10\n"
                                    "1.png,,,,,\n0.png,dog,20,5,40,20\n");
    return DetectionDataset(boxfeed::group_by_image(boxfeed::read_csv(csv, boxfeed::CsvOptions().background(true))),
                            folder() / "images", options);
  }
};

}  // namespace

TEST_CASE("an example has all objects of its image, scaled with it") {
  const Photographs photographs;
  auto dataset = photographs.dataset();
  REQUIRE(dataset.size() == 3);
  const auto example = dataset.get(0);  // 20 x 40 becomes 20 x 20
  CHECK(example.data.sizes() == torch::IntArrayRef({3, 20, 20}));
  CHECK(torch::equal(example.target.boxes, torch::tensor({{0.F, 0.F, 5.F, 10.F}, {10.F, 5.F, 20.F, 20.F}})));
  CHECK(torch::equal(example.target.labels, torch::tensor({0, 1}, torch::kLong)));
  CHECK(example.target.to_original.apply(10, 10) == std::array<double, 2>{20, 10});
}

TEST_CASE("an image without objects is an example with none") {
  const Photographs photographs;
  auto dataset = photographs.dataset();
  REQUIRE(dataset.table().name(2) == "1.png");
  const auto example = dataset.get(2);
  CHECK(example.target.boxes.sizes() == torch::IntArrayRef({0, 4}));
  CHECK(example.target.labels.sizes() == torch::IntArrayRef({0}));
}

TEST_CASE("an image that is cropped to cover the output loses what is cut off") {
  const Photographs photographs;
  auto dataset = photographs.dataset(DatasetOptions().image_size({20, 20}).resize_mode(boxfeed::ResizeMode::kCover));
  const auto example = dataset.get(0);  // columns 10 to 30 of 40 remain
  REQUIRE(example.target.boxes.sizes() == torch::IntArrayRef({1, 4}));
  CHECK(torch::equal(example.target.boxes[0], torch::tensor({10.F, 5.F, 20.F, 20.F})));
  CHECK(torch::equal(example.target.labels, torch::tensor({1}, torch::kLong)));
}

TEST_CASE("batches are filled in place, in any order, and leave out what failed") {
  const Photographs photographs;
  const auto dataset = photographs.dataset();
  auto builder = dataset.make_batch_builder();
  StageTimes times;
  auto in_progress = builder->start(3);
  for (const std::size_t place : {2, 0, 1}) in_progress->fill(place, ExampleKey{0, 0, place}, times);
  const auto all = in_progress->finish({0, 1, 2});
  CHECK(torch::equal(all.offsets, torch::tensor({0, 2, 3, 3}, torch::kLong)));
  CHECK(torch::equal(all.labels, torch::tensor({0, 1, 1}, torch::kLong)));

  in_progress = builder->start(3);
  for (const std::size_t place : {0, 1, 2}) in_progress->fill(place, ExampleKey{0, 0, 2 - place}, times);
  const auto some = in_progress->finish({1, 2});
  CHECK(torch::equal(some.images[0], all.images[1]));
  CHECK(torch::equal(some.images[1], all.images[0]));
  CHECK(torch::equal(some.boxes.slice(0, 1), all.boxes.slice(0, 0, 2)));
  CHECK(torch::equal(some.offsets, torch::tensor({0, 1, 3}, torch::kLong)));
}

TEST_CASE("channels-last images of another height than width hold the same") {
  const Photographs photographs;
  const auto options = DatasetOptions().image_size({10, 24});
  auto planes = photographs.dataset(options);
  auto last = photographs.dataset(DatasetOptions(options).memory_format(c10::MemoryFormat::ChannelsLast));
  for (std::size_t i = 0; i < 3; ++i) {
    const auto image = last.get(i).data;
    CHECK(image.stride(0) == 1);
    CHECK(torch::equal(image, planes.get(i).data));
  }
}

TEST_CASE("a batch that is kept is never written over") {
  const Photographs photographs;
  const auto dataset = photographs.dataset();
  auto builder = dataset.make_batch_builder();
  StageTimes times;
  const auto make = [&](std::size_t index) {
    auto in_progress = builder->start(1);
    in_progress->fill(0, ExampleKey{0, 0, index}, times);
    return in_progress->finish({0});
  };
  const void* first = nullptr;
  {
    const auto dropped = make(0);
    first = dropped.buffer.data_ptr();
  }
  const auto kept = make(1);
  CHECK(kept.buffer.data_ptr() == first);
  const auto copy = kept.images.clone();
  const auto boxes = make(2).boxes;  // holds the second buffer by one tensor alone
  const auto third = make(0);
  CHECK(third.buffer.data_ptr() != kept.buffer.data_ptr());
  CHECK(third.buffer.storage().data() != boxes.storage().data());
  CHECK(torch::equal(kept.images, copy));
}

TEST_CASE("the dataset goes through LibTorch's loader with a collation") {
  const Photographs photographs;
  auto loader = torch::data::make_data_loader<torch::data::samplers::SequentialSampler>(
      photographs.dataset().map(boxfeed::StackDetections()), torch::data::DataLoaderOptions().batch_size(2).workers(2));
  std::vector<std::int64_t> objects;
  for (auto& batch : *loader) objects.push_back(batch.boxes.size(0));
  CHECK(objects == std::vector<std::int64_t>{3, 0});
}

TEST_CASE("options for single targets are refused") {
  const Photographs photographs;
  CHECK_THROWS_AS(photographs.dataset(DatasetOptions().box_units(boxfeed::BoxUnits::kFractions)),
                  std::invalid_argument);
}

TEST_CASE("a missing image is named with its place") {
  const Photographs photographs;
  boxfeed::AnnotationTableInfo info;
  info.path = "here.csv";
  boxfeed::AnnotationTableBuilder builder(info);
  boxfeed::AnnotationRecord record;
  record.name = "gone.png";
  record.line = 9;
  builder.add(record);
  DetectionDataset dataset(builder.build(), photographs.folder() / "images");
  CHECK_THROWS_WITH(dataset.get(0), ContainsSubstring("here.csv:9 (example 0)") && ContainsSubstring("gone.png"));
  CHECK_THROWS_AS(dataset.get(1), std::out_of_range);
}
