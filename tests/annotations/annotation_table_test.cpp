#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/annotations/annotation_table_builder.h>

#include <functional>
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

TEST_CASE("what only some records have is filled up for the others, before and behind them") {
  AnnotationTableBuilder builder({"t.csv", false, {"cat"}});
  builder.add(record_of("a", 2, {{0, 0, 1, 1}, {2, 2, 4, 5}}, {0, 0}));
  builder.add(record_of("b", 3, {{0, 0, 1, 1}}, {0}));
  auto record = record_of("c", 4, {{0, 0, 1, 1}, {2, 2, 4, 5}}, {0, 0});
  record.flags = {kCrowd, kDifficult};
  record.areas = {7, 8};
  record.box_lines = {4, 9};
  record.image_id = 70;
  builder.add(record);
  builder.add(record_of("d", 5, {{2, 2, 4, 5}}, {0}));
  const auto table = builder.build();
  CHECK(table.flags(1)[0] == 0);
  CHECK(table.flags(2).to_vector() == std::vector<std::uint8_t>{kCrowd, kDifficult});
  CHECK(table.flags(3)[0] == 0);
  CHECK(table.areas(0).to_vector() == std::vector<float>{1, 6});
  CHECK(table.areas(2).to_vector() == std::vector<float>{7, 8});
  CHECK(table.areas(3)[0] == 6);
  CHECK(table.box_line(0, 1) == 2);
  CHECK(table.box_line(1, 0) == 3);
  CHECK(table.box_line(2, 1) == 9);
  CHECK(table.box_line(3, 0) == 5);
  for (const std::size_t i : {0, 1, 3}) CHECK(table.image_id(i) == static_cast<std::int64_t>(i));
  CHECK(table.image_id(2) == 70);
}

TEST_CASE("a record forgets boxes with all that belongs to them") {
  auto record = record_of("a", 2, {{0, 0, 1, 1}, {2, 2, 4, 5}}, {0, 1});
  record.flags = {kCrowd, 0};
  record.areas = {7, 8};
  record.box_lines = {2, 3};
  record.keypoints = {{1, 1, 2}, {3, 3, 2}};
  record.numbers = {5, 6};
  record.keep_boxes({false, true});
  CHECK(record.boxes == std::vector<Box>{{2, 2, 4, 5}});
  CHECK(record.class_ids == std::vector<std::int32_t>{1});
  CHECK(record.flags == std::vector<std::uint8_t>{0});
  CHECK(record.areas == std::vector<float>{8});
  CHECK(record.box_lines == std::vector<std::size_t>{3});
  CHECK(record.keypoints == std::vector<Keypoint>{{3, 3, 2}});
  CHECK(record.numbers == std::vector<float>{6});
}

TEST_CASE("equality is that of the records") {
  const auto table = three();
  CHECK(table.subset({0, 1}) != table);
  CHECK(table != table.subset({0, 1}));
  CHECK(table == three());
  CHECK(table.subset({0, 1, 2}) == table);
  CHECK(table.subset({0, 2, 1}) != table);

  AnnotationTableBuilder pixels({"t"}), fractions({"t", false, {}, {}, BoxUnits::kFractions});
  auto box = record_of("a", 1, {{0, 0, 1, 1}}, {});
  pixels.add(box);
  box.box_units = BoxUnits::kFractions;
  fractions.add(box);
  CHECK(pixels.build() != fractions.build());

  AnnotationTableBuilder other_ids({"elsewhere", false, {"dog", "cat"}}), other_class({"t.csv", false, {"cat", "dog"}});
  other_ids.add(record_of("a", 9, {{0, 0, 1, 1}}, {1}));
  other_class.add(record_of("a", 9, {{0, 0, 1, 1}}, {1}));
  const auto a = other_ids.build(), b = other_class.build();
  CHECK(a != b);
  AnnotationTableBuilder cat({"x", false, {"cat"}});
  cat.add(record_of("a", 1, {{0, 0, 1, 1}}, {0}));
  CHECK(cat.build() == a);
}

TEST_CASE("memory counts each array of the table and the numbers of a subset") {
  constexpr std::size_t kRecords = 100;
  const auto memory_with = [&](const std::function<void(AnnotationRecord&)>& give) {
    AnnotationTableBuilder builder({"t.csv", false, {"cat"}});
    for (std::size_t i = 0; i < kRecords; ++i) {
      auto record = record_of("a", i, {{0, 0, 1, 1}}, {});
      give(record);
      builder.add(record);
    }
    return builder.build().memory();
  };
  using Record = AnnotationRecord;
  const std::size_t plain = memory_with([](Record&) {});
  CHECK(memory_with([](Record& r) { r.class_ids = {0}; }) >= plain + kRecords * sizeof(std::int32_t));
  CHECK(memory_with([](Record& r) { r.flags = {kCrowd}; }) >= plain + kRecords);
  CHECK(memory_with([](Record& r) { r.areas = {1}; }) >= plain + kRecords * sizeof(float));
  CHECK(memory_with([](Record& r) { r.box_lines = {3}; }) >= plain + kRecords * 4);
  CHECK(memory_with([](Record& r) { r.keypoints = {{1, 2, 2}}; }) >= plain + kRecords * sizeof(Keypoint));
  CHECK(memory_with([](Record& r) { r.numbers = {1}; }) >= plain + kRecords * sizeof(float));
  CHECK(memory_with([](Record& r) { r.image_size = ImageSize{1, 2}; }) >= plain + kRecords * sizeof(ImageSize));
  CHECK(memory_with([](Record& r) { r.image_id = 5; }) >= plain + kRecords * sizeof(std::int64_t));
  CHECK(memory_with([](Record& r) { r.split = "val"; }) >= plain + kRecords * 4);
  CHECK(memory_with([](Record& r) { r.group = "film"; }) >= plain + kRecords * 4);
  const auto table = three();
  CHECK(table.subset({0, 1, 2, 0, 1}).memory() >= table.memory() + 5 * sizeof(std::size_t));
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
