#include "data/target_writer.h"

#include <boxfeed/annotations/annotation_table_builder.h>
#include <boxfeed/core/error.h>
#include <boxfeed/data/csv_dataset.h>
#include <torch/types.h>

#include "data/coordinate_images.h"
#include "support/catch.h"

using boxfeed::DatasetOptions;
using boxfeed::testing::CoordinateImages;
using boxfeed::testing::values;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("a box is scaled with its image") {
  CoordinateImages images;
  images.add(0, 100, 50);
  const std::string csv = "image,x,y,h,w\n0.png,10,20,30,40\n";
  SECTION("in pixels of the resized image") {
    const auto target = images.dataset(csv, DatasetOptions().image_size({50, 100})).get(0).target;
    CHECK(values(target) == std::vector<float>{20, 10, 15, 80});
  }
  SECTION("as a fraction of it") {
    const auto options = DatasetOptions().image_size({50, 100}).box_units(boxfeed::BoxUnits::kFractions);
    const auto target = values(images.dataset(csv, options).get(0).target);
    const std::vector<float> expected{0.2F, 0.2F, 0.3F, 0.8F};
    for (std::size_t i = 0; i < 4; ++i) CHECK(target[i] == Approx(expected[i]));
  }
  SECTION("through a letterbox") {
    // 100 x 50 into 80 x 80: scale 0.8, 40 columns wide, 20 columns of border on the left.
    const auto options = DatasetOptions().image_size({80, 80}).resize_mode(boxfeed::ResizeMode::kLetterbox);
    CHECK(values(images.dataset(csv, options).get(0).target) == std::vector<float>{28, 16, 24, 32});
  }
}

TEST_CASE("the target has the file's columns in the file's order") {
  CoordinateImages images;
  images.add(0, 10, 10);
  SECTION("a box among plain numbers") {
    const auto target =
        images.dataset("image,score,h,w,x,y\n0.png,0.25,3,4,1,2\n", DatasetOptions().image_size({20, 30}));
    auto copy = target;
    CHECK(values(copy.get(0).target) == std::vector<float>{0.25F, 6, 12, 3, 4});
  }
  SECTION("plain numbers alone are never scaled") {
    auto dataset = images.dataset("image,angle,speed\n0.png,-1.5,30\n");
    CHECK(values(dataset.get(0).target) == std::vector<float>{-1.5F, 30});
  }
}

namespace {

boxfeed::AnnotationTable table_of(const std::vector<boxfeed::AnnotationRecord>& records,
                                  boxfeed::AnnotationTableInfo info = {}) {
  boxfeed::AnnotationTableBuilder builder(std::move(info));
  for (const auto& record : records) builder.add(record);
  return builder.build();
}

boxfeed::AnnotationRecord record_of(const std::vector<boxfeed::Box>& boxes) {
  boxfeed::AnnotationRecord record;
  record.name = "a.jpg";
  record.line = 2;
  record.boxes = boxes;
  return record;
}

}  // namespace

TEST_CASE("keypoints are those of the plan, in the units asked for") {
  boxfeed::AnnotationTableInfo info;
  for (const char* name : {"x", "y", "visibility"}) {
    info.label_layout.columns.push_back({name, boxfeed::ColumnRole::kKeypoint, info.label_layout.columns.size()});
  }
  auto record = record_of({});
  record.keypoints = {{10, 20, 1}};
  const auto table = table_of({record}, info);
  boxfeed::transforms::Plan plan;
  plan.size = {200, 50};
  plan.keypoints = {{5, 40, 1}};
  auto target = boxfeed::TargetWriter(table, {}).values(record, plan, "a.jpg");
  CHECK(target == std::vector<float>{5, 40, 1});
  const auto fractions = DatasetOptions().box_units(boxfeed::BoxUnits::kFractions);
  target = boxfeed::TargetWriter(table, fractions).values(record, plan, "a.jpg");
  CHECK(target[0] == Approx(0.1));
  CHECK(target[1] == Approx(0.2));
}

TEST_CASE("a record without exactly one box is refused with its place") {
  const auto none = table_of({record_of({{1, 2, 3, 4}}), record_of({})}, {"boxes.csv"});
  CHECK_THROWS_WITH(boxfeed::TargetWriter(none, {}),
                    ContainsSubstring("boxes.csv:2: expected 1 box") && ContainsSubstring("got 0"));
  const auto two = table_of({record_of({{1, 2, 3, 4}, {1, 2, 3, 4}})}, {"boxes.csv"});
  CHECK_THROWS_AS(boxfeed::TargetWriter(two, {}), boxfeed::AnnotationError);
}

TEST_CASE("a record without as many classes or keypoints as the file has columns is refused") {
  boxfeed::AnnotationTableInfo info{"boxes.csv"};
  info.class_names = {"raccoon"};
  auto whole = record_of({{1, 2, 3, 4}});
  whole.class_ids = {0};
  whole.keypoints = {{1, 1, 2}, {2, 2, 2}};
  info.label_layout.columns = {{"class", boxfeed::ColumnRole::kClass, 0}};
  for (std::size_t i = 0; i < 6; ++i) info.label_layout.columns.push_back({"", boxfeed::ColumnRole::kKeypoint, i});
  CHECK(boxfeed::TargetWriter(table_of({whole, whole}, info), {}).size() == 7);
  auto less = whole;
  less.keypoints.clear();
  CHECK_THROWS_WITH(boxfeed::TargetWriter(table_of({whole, less}, info), {}),
                    ContainsSubstring("expected 2 keypoints") && ContainsSubstring("got 0"));
  less = whole;
  less.class_ids.clear();
  CHECK_THROWS_WITH(boxfeed::TargetWriter(table_of({whole, less}, info), {}), ContainsSubstring("class"));
}
