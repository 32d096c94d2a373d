#include "data/example_reader.h"

#include <boxfeed/annotations/annotation_table_builder.h>
#include <boxfeed/data/csv_dataset.h>
#include <boxfeed/data/detection_dataset.h>
#include <boxfeed/transforms/geometry.h>
#include <torch/types.h>

#include <exception>
#include <stdexcept>

#include "data/coordinate_images.h"
#include "support/catch.h"

using namespace boxfeed;
using boxfeed::testing::CoordinateImages;
using Catch::Matchers::ContainsSubstring;

namespace {

/// Three images of 20 × 20 pixels: a box that leaves its image, a box of half a pixel, a sound one.
class ThreeImages : public CoordinateImages {
 public:
  ThreeImages() {
    for (int k = 0; k < 3; ++k) add(k, 20, 20);
  }
  DetectionDataset detection(const DatasetOptions& options) const {
    const auto csv = folder().write("data.csv",
                                    "image,xmin,ymin,xmax,ymax\n0.png,10,10,25,18\n1.png,1,1,1.5,9\n2.png,2,2,12,12\n"
                                    "2.png,0,0,4,4\n");
    return DetectionDataset(csv, folder() / "images", options);
  }
};

DatasetOptions size_20() { return DatasetOptions().image_size(20).box_policy(BoxPolicy().outside(BoxAction::kFix)); }

}  // namespace

TEST_CASE("what the box policy repairs while examples are loaded is counted once for each record") {
  const ThreeImages images;
  auto dataset = images.detection(size_20());
  CHECK(dataset.box_report().fixed() == 0);
  for (int epoch = 0; epoch < 2; ++epoch) {
    for (std::size_t i = 0; i < 3; ++i) dataset.get(i);
  }
  CHECK(dataset.box_report().fixed() == 1);
  CHECK(dataset.box_report().count(Reason::kOutside, BoxAction::kFix) == 1);
  REQUIRE(dataset.box_report().boxes().size() == 1);
  CHECK(dataset.box_report().boxes()[0].line == 2);
}

TEST_CASE("what the box policy does when the dataset is made is in its report, too") {
  CoordinateImages images;
  images.add(0, 20, 20);
  const auto dataset = images.dataset("image,xmin,ymin,xmax,ymax\n0.png,9,1,3,8\n",
                                      DatasetOptions().box_policy(BoxPolicy().inverted(BoxAction::kFix)));
  CHECK(dataset.box_report().count(Reason::kInverted, BoxAction::kFix) == 1);
}

TEST_CASE("boxes that the pipeline drops are counted, those too that are dropped by default") {
  const ThreeImages images;
  auto dataset = images.detection(size_20());
  for (std::size_t i = 0; i < 3; ++i) dataset.get(i);
  CHECK(dataset.box_counts().read == 4);
  CHECK(dataset.box_counts().dropped == 1);  // the one of half a pixel
  auto half = dataset.subset({2});
  half.get(0);
  CHECK(dataset.box_counts().read == 6);  // subsets count with their dataset
}

TEST_CASE("files are opened before the first epoch by option, and every missing one is named") {
  CoordinateImages images;
  images.add(0, 4, 4);
  const std::string csv = "image,v\n0.png,1\nb.png,2\nc.png,3\n";
  CHECK_NOTHROW(images.dataset(csv));
  try {
    images.dataset(csv, DatasetOptions().check_files(true));
    FAIL("nothing was thrown");
  } catch (const Error& error) {
    CHECK(error.reason() == Reason::kNotFound);
    CHECK_THAT(error.what(), ContainsSubstring("data.csv:3 (example 1)") && ContainsSubstring("b.png") &&
                                 ContainsSubstring("data.csv:4 (example 2)") && ContainsSubstring("c.png"));
  }
}

TEST_CASE("the error of an image has the place of its record, whoever asks") {
  CoordinateImages images;
  images.add(0, 4, 4);
  images.folder().write("images/1.png", "no image");
  auto dataset = images.dataset("image,v\n0.png,1\n1.png,2\n", DatasetOptions().image_size(4));
  const auto place = ContainsSubstring("data.csv:3 (example 1): image");
  CHECK_THROWS_WITH(dataset.get(1), place);
  CHECK_THROWS_WITH(dataset.plan({0, 0, 1}), place);
  CHECK_THROWS_WITH(dataset.explain({0, 0, 1}), place);
  CHECK_THROWS_WITH(boxfeed::testing::load(dataset, {0, 0, 1}), place);
  CHECK_THROWS_AS(dataset.get(2), std::out_of_range);
}

TEST_CASE("what the hook of the target throws stays inside the error with the place") {
  CoordinateImages images;
  images.add(0, 4, 4);
  auto dataset = images.dataset("image,v\n0.png,1\n",
                                DatasetOptions().image_size(4).target_transform(
                                    [](const auto&) -> std::vector<float> { throw std::domain_error("not today"); }));
  try {
    dataset.get(0);
    FAIL("nothing was thrown");
  } catch (const ImageError& error) {
    CHECK(error.place()->line == 2);
    CHECK_THAT(error.what(), ContainsSubstring("the target_transform threw: not today"));
    CHECK_THROWS_AS(std::rethrow_if_nested(error), std::domain_error);
  }
}
