#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/annotations/annotation_table_builder.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "support/catch.h"

using namespace boxfeed;

namespace {

AnnotationRecord record_of(const std::string& name, std::size_t line, std::vector<Box> boxes,
                           std::vector<std::int32_t> classes) {
  AnnotationRecord record;
  record.name = name;
  record.line = line;
  record.boxes = std::move(boxes);
  record.class_ids = std::move(classes);
  return record;
}

AnnotationTable three() {
  AnnotationTableBuilder builder({"t.csv", false, {"cat", "dog"}});
  builder.add(record_of("a", 2, {{0, 0, 1, 1}, {2, 2, 3, 3}}, {1, 0}));
  builder.add(record_of("b", 3, {}, {}));
  auto record = record_of("c", 7, {{4, 4, 5, 6}}, {1});
  record.keypoints = {{1, 2, 0}};
  record.numbers = {9, 8};
  record.image_size = ImageSize{10, 20};
  record.split = "val";
  record.flags = {kCrowd};
  builder.add(record);
  return builder.build();
}

}  // namespace

TEST_CASE("an empty table") {
  const AnnotationTable table;
  CHECK(table.size() == 0);
  CHECK(table.empty());
  CHECK(table.subset({}).size() == 0);
}

TEST_CASE("records keep what was put into them") {
  const auto table = three();
  REQUIRE(table.size() == 3);
  CHECK(table.name(2) == "c");
  CHECK(table.line(2) == 7);
  CHECK(table.boxes(0).to_vector() == std::vector<Box>{{0, 0, 1, 1}, {2, 2, 3, 3}});
  CHECK(table.boxes(1).empty());
  CHECK(table.boxes(2)[0] == Box{4, 4, 5, 6});
  CHECK(table.class_ids(0).to_vector() == std::vector<std::int32_t>{1, 0});
  CHECK(table.class_ids(1).empty());
  CHECK(table.class_ids(2)[0] == 1);
  CHECK(table.keypoints(0).empty());
  CHECK(table.keypoints(2)[0] == Keypoint{1, 2, 0});
  CHECK(table.numbers(2).to_vector() == std::vector<float>{9, 8});
  CHECK_FALSE(table.image_size(0));
  CHECK(table.image_size(2) == ImageSize{10, 20});
  CHECK(table.split(0).empty());
  CHECK(table.split(2) == "val");
  CHECK(table.flags(0).to_vector() == std::vector<std::uint8_t>{0, 0});
  CHECK(table.flags(2)[0] == kCrowd);
  CHECK(table.place(2).annotation_path == "t.csv");
  CHECK(table.place(2).line == 7);
  CHECK(table.place(2).index == 2);
}

TEST_CASE("a subset shares the arrays and may be taken again") {
  const auto table = three();
  const auto subset = table.subset({2, 0, 2});
  REQUIRE(subset.size() == 3);
  CHECK(subset.name(0) == "c");
  CHECK(subset.boxes(1).data() == table.boxes(0).data());
  CHECK(subset.subset({1}).name(0) == "a");
  CHECK(subset.row(1) == 0);
  CHECK_THROWS_AS(table.subset({3}), std::out_of_range);
}

TEST_CASE("equality is that of the records") {
  const auto table = three();
  CHECK(table == three());
  CHECK(table.subset({0, 1, 2}) == table);
  CHECK(table.subset({0, 2, 1}) != table);

  AnnotationTableBuilder other_ids({"elsewhere", false, {"dog", "cat"}}), other_class({"t.csv", false, {"cat", "dog"}});
  other_ids.add(record_of("a", 9, {{0, 0, 1, 1}}, {1}));
  other_class.add(record_of("a", 9, {{0, 0, 1, 1}}, {1}));
  const auto a = other_ids.build(), b = other_class.build();
  CHECK(a != b);
  AnnotationTableBuilder cat({"x", false, {"cat"}});
  cat.add(record_of("a", 1, {{0, 0, 1, 1}}, {0}));
  CHECK(cat.build() == a);
}

TEST_CASE("a builder refuses what does not fit together") {
  AnnotationTableBuilder builder({"t", false, {"cat"}});
  CHECK_THROWS_AS(builder.add(record_of("a", 1, {{0, 0, 1, 1}}, {1})), std::invalid_argument);
  CHECK_THROWS_AS(builder.add(record_of("a", 1, {{0, 0, 1, 1}}, {-1})), std::invalid_argument);
  auto record = record_of("a", 1, {{0, 0, 1, 1}}, {0});
  record.flags = {0, 0};
  CHECK_THROWS_AS(builder.add(record), std::invalid_argument);
  record.flags.clear();
  record.box_units = BoxUnits::kFractions;
  CHECK_THROWS_AS(builder.add(record), std::invalid_argument);
}

TEST_CASE("a copied record makes the same table again") {
  const auto table = three();
  AnnotationTableBuilder builder(table);
  for (std::size_t i = 0; i < table.size(); ++i) builder.add(table.record(i));
  const auto copy = builder.build();
  CHECK(copy == table);
  CHECK(copy.line(2) == 7);
  CHECK(copy.split(2) == "val");
}
