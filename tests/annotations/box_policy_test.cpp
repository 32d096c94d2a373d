#include <boxfeed/annotations/annotation_table_builder.h>
#include <boxfeed/annotations/box_policy.h>
#include <boxfeed/core/error.h>

#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/catch.h"

using namespace boxfeed;
using Catch::Matchers::ContainsSubstring;

namespace {

/// One image of 100 × 50 (width × height) for each list of boxes, in lines 2, 3, …
AnnotationTable table_of(const std::vector<std::vector<Box>>& images, BoxUnits units = BoxUnits::kPixels) {
  AnnotationTableInfo info;
  info.path = "t.csv";
  info.class_names = {"cat"};
  info.box_units = units;
  AnnotationTableBuilder builder(info);
  AnnotationRecord record;
  for (std::size_t i = 0; i < images.size(); ++i) {
    record = {};
    record.name = "img" + std::to_string(i);
    record.line = i + 2;
    record.box_units = units;
    record.boxes = images[i];
    record.class_ids.assign(images[i].size(), 0);
    for (std::size_t k = 0; k < images[i].size(); ++k) record.numbers.push_back(static_cast<float>(k));
    record.image_size = ImageSize{50, 100};
    builder.add(record);
  }
  return builder.build();
}

Reason refusal(const Box& box, const BoxPolicy& policy = {}) {
  try {
    apply_box_policy(table_of({{box}}), policy);
  } catch (const AnnotationError& error) {
    return error.reason();
  }
  FAIL("the box was accepted");
  return Reason::kSyntax;
}

const Box kGood{10, 10, 20, 20};

}  // namespace

TEST_CASE("good boxes are left alone and the arrays shared") {
  const auto table = table_of({{kGood, {0, 0, 100, 50}}, {}});
  const auto checked = apply_box_policy(table);
  CHECK(checked.table.boxes(0).data() == table.boxes(0).data());
  CHECK(checked.table.size() == 2);
  CHECK(checked.report.summary().empty());
}

TEST_CASE("degenerate boxes") {
  CHECK(refusal({10, 10, 10, 20}) == Reason::kDegenerate);
  CHECK(refusal({10, 10, 20, 10}) == Reason::kDegenerate);
  const auto checked =
      apply_box_policy(table_of({{{10, 10, 10, 20}}, {kGood}}), BoxPolicy().degenerate(BoxAction::kSkip));
  REQUIRE(checked.table.size() == 2);
  CHECK(checked.table.boxes(0).empty());
  CHECK(checked.table.class_ids(0).empty());
  CHECK(checked.table.boxes(1)[0] == kGood);
  CHECK(checked.report.count(Reason::kDegenerate, BoxAction::kSkip) == 1);
  CHECK_THROWS_AS(apply_box_policy(table_of({}), BoxPolicy().degenerate(BoxAction::kFix)), std::invalid_argument);
}

TEST_CASE("inverted boxes") {
  CHECK(refusal({20, 10, 10, 30}) == Reason::kInverted);
  CHECK(refusal({10, 30, 20, 10}) == Reason::kInverted);
  const auto fixed = apply_box_policy(table_of({{{20, 30, 10, 10}}}), BoxPolicy().inverted(BoxAction::kFix));
  CHECK(fixed.table.boxes(0)[0] == Box{10, 10, 20, 30});
  CHECK(fixed.report.fixed() == 1);
  CHECK(fixed.report.summary() == "1 box repaired (inverted 1)");
  const auto skipped = apply_box_policy(table_of({{{20, 30, 10, 10}, kGood}}), BoxPolicy().inverted(BoxAction::kSkip));
  CHECK(skipped.table.boxes(0).to_vector() == std::vector<Box>{kGood});
  CHECK(skipped.table.numbers(0).to_vector() == std::vector<float>{1});
}

TEST_CASE("outside by rounding is clamped without a word, at exactly the tolerance") {
  const float over = 100.0009F;
  const auto checked = apply_box_policy(table_of({{{-0.0009F, -0.0009F, over, 50.0009F}}}));
  CHECK(checked.table.boxes(0)[0] == Box{0, 0, 100, 50});
  CHECK(checked.report.fixed() == 0);
  const auto exact = BoxPolicy().tolerance(0.5F);
  CHECK(apply_box_policy(table_of({{{-0.5F, 0, 100.5F, 50.5F}}}), exact).table.boxes(0)[0] == Box{0, 0, 100, 50});
  CHECK(refusal({std::nextafter(-0.5F, -1.0F), 0, 10, 10}, exact) == Reason::kOutside);
  CHECK(refusal({0, 0, std::nextafter(100.5F, 200.0F), 10}, exact) == Reason::kOutside);
  const auto fractions = apply_box_policy(table_of({{{0, 0, 1.000001F, 1}}}, BoxUnits::kFractions));
  CHECK(fractions.table.boxes(0)[0] == Box{0, 0, 1, 1});
}

TEST_CASE("outside by more") {
  CHECK(refusal({-1, 10, 20, 20}) == Reason::kOutside);
  CHECK(refusal({10, 10, 20, 50.01F}) == Reason::kOutside);
  const auto fixed = apply_box_policy(table_of({{{-5, 10, 120, 60}}}), BoxPolicy().outside(BoxAction::kFix));
  CHECK(fixed.table.boxes(0)[0] == Box{0, 10, 100, 50});
  CHECK(fixed.report.count(Reason::kOutside, BoxAction::kFix) == 1);
  const auto skipped = apply_box_policy(table_of({{{-5, 10, 120, 60}}}), BoxPolicy().outside(BoxAction::kSkip));
  CHECK(skipped.table.boxes(0).empty());
}

TEST_CASE("wholly outside") {
  CHECK(refusal({200, 10, 220, 20}) == Reason::kOutsideAll);
  CHECK(refusal({100, 10, 120, 20}) == Reason::kOutsideAll);
  for (const auto action : {BoxAction::kSkip, BoxAction::kFix}) {
    const auto checked = apply_box_policy(table_of({{{200, 10, 220, 20}, kGood}}), BoxPolicy().outside(action));
    CHECK(checked.table.boxes(0).to_vector() == std::vector<Box>{kGood});
    CHECK(checked.report.count(Reason::kOutsideAll, BoxAction::kSkip) == 1);
  }
}

TEST_CASE("images without boxes are kept or dropped by choice") {
  const auto table = table_of({{}, {kGood}, {{10, 10, 10, 10}}});
  const auto skip = BoxPolicy().degenerate(BoxAction::kSkip);
  CHECK(apply_box_policy(table, skip).table.size() == 3);
  const auto dropped = apply_box_policy(table, BoxPolicy(skip).keep_empty(false));
  REQUIRE(dropped.table.size() == 1);
  CHECK(dropped.table.name(0) == "img1");
  CHECK(dropped.report.dropped_images() == 2);
  CHECK(dropped.report.summary() == "1 box left out (degenerate 1), 2 images without boxes left out");
}

TEST_CASE("all refused boxes are named, up to 20, and counted") {
  std::vector<std::vector<Box>> images(30, {{5, 5, 5, 5}});
  images[3] = {kGood, {90, 10, 110, 20}};
  try {
    apply_box_policy(table_of(images));
    FAIL("accepted");
  } catch (const AnnotationError& error) {
    const std::string text = error.what();
    CHECK(error.line() == 2);
    CHECK_THAT(
        text, ContainsSubstring("t.csv:2: image \"img0\": expected a box with a width and a height, got (5, 5, 5, 5)"));
    CHECK_THAT(text,
               ContainsSubstring(
                   "t.csv:5: image \"img3\", box 2: expected a box within the image of 50 × 100 (height × width), got "
                   "(90, 10, 110, 20)"));
    CHECK_THAT(text, ContainsSubstring("\n30 problems, of which the first 20 are listed"));
  }
}

TEST_CASE("sizes that the caller knows go before those of the table") {
  const auto table = table_of({{{10, 10, 150, 20}}});
  CHECK_THROWS_AS(apply_box_policy(table), AnnotationError);
  CHECK(apply_box_policy(table, {}, {{50, 200}}).table.boxes(0)[0].xmax == 150);
  CHECK_THROWS_AS(apply_box_policy(table, {}, {{50, 200}, {1, 1}}), std::invalid_argument);
}

TEST_CASE("the report says where each box is that was changed") {
  AnnotationTableBuilder builder({"t.csv"});
  AnnotationRecord record;
  record.name = "a.jpg";
  record.line = 7;
  record.boxes = {{1, 2, 3, 4}, {5, 5, 5, 9}};
  builder.add(record);
  const auto report = apply_box_policy(builder.build(), BoxPolicy().degenerate(BoxAction::kSkip)).report;
  REQUIRE(report.boxes().size() == 1);
  const auto& problem = report.boxes()[0];
  CHECK(problem.path == "t.csv");
  CHECK(problem.line == 7);
  CHECK(problem.image == "a.jpg");
  CHECK(problem.text == "box 2: expected a box with a width and a height, got (5, 5, 5, 9)");
}

TEST_CASE("boxes of any size and share within the image stay, since only transforms make boxes too small") {
  const auto clipped = apply_box_policy(table_of({{{10, 10, 10.5F, 10.25F}, {-1000, 0, 0.5F, 10}}}),
                                        BoxPolicy().outside(BoxAction::kFix));
  CHECK(clipped.table.boxes(0).to_vector() == std::vector<Box>{{10, 10, 10.5F, 10.25F}, {0, 0, 0.5F, 10}});
}

TEST_CASE("a single record whose image is known: as in a table, at the place that is given") {
  const auto table = table_of({{kGood, {150, 10, 190, 20}, {-5, 10, 120, 60}, {30, 5, 20, 6}}});
  AnnotationRecord record = table.record(0);
  const ExamplePlace place{"t.csv", 2, 17};
  const auto policy = BoxPolicy().outside(BoxAction::kFix).inverted(BoxAction::kSkip);
  BoxReport report;
  apply_box_policy(record, policy, place, {50, 160}, report);
  CHECK(record.boxes == std::vector<Box>{kGood, {150, 10, 160, 20}, {0, 10, 120, 50}});
  CHECK(record.numbers == std::vector<float>{0, 1, 2});
  CHECK(record.class_ids.size() == 3);
  CHECK(report.summary() == "2 boxes repaired (outside 2), 1 box left out (inverted 1)");
  REQUIRE(report.boxes().size() == 3);
  CHECK(report.boxes()[2].line == 2);

  AnnotationRecord same = table.record(0);
  BoxReport other;
  CHECK_THROWS_WITH(
      apply_box_policy(same, {}, place, {50, 160}, other),
      ContainsSubstring(
          "t.csv:2: image \"img0\", box 2: expected a box within the image of 50 × 160 (height × width)") &&
          ContainsSubstring("\n3 problems"));
  CHECK(same.boxes == table.record(0).boxes);
  CHECK(other.summary().empty());
  CHECK_THROWS_AS(apply_box_policy(same, BoxPolicy().degenerate(BoxAction::kFix), place, {50, 160}, other),
                  std::invalid_argument);
}

TEST_CASE("a single record of joined rows names the line of each box, and a record in fractions stays in fractions") {
  AnnotationRecord record;
  record.name = "a.jpg";
  record.box_units = BoxUnits::kFractions;
  record.boxes = {{0.5F, 0.5F, 1.5F, 1}, {0.25F, 0.25F, 0.5F, 1.00001F}};
  record.box_lines = {7, 12};
  BoxReport report;
  apply_box_policy(record, BoxPolicy().outside(BoxAction::kFix), {"t.csv", 7, 3}, {50, 100}, report);
  CHECK(record.boxes == std::vector<Box>{{0.5F, 0.5F, 1, 1}, {0.25F, 0.25F, 0.5F, 1}});
  REQUIRE(report.boxes().size() == 1);  // the second is outside by a thousandth of a pixel
  CHECK(report.boxes()[0].line == 7);
  record.boxes[1].xmin = 0.5F;
  CHECK_THROWS_WITH(apply_box_policy(record, {}, {"t.csv", 7, 3}, {50, 100}, report), ContainsSubstring("t.csv:12"));
}

TEST_CASE("the tolerance grows with the side of the image, in x by its width and in y by its height") {
  AnnotationTableBuilder builder({"t.csv"});
  AnnotationRecord record;
  record.name = "a.jpg";
  record.boxes = {{-0.015F, -0.0009F, 20000, 1000}};
  record.image_size = ImageSize{1000, 20000};  // a millionth is 0.02 in x and 0.001 in y
  builder.add(record);
  CHECK(apply_box_policy(builder.build()).table.boxes(0)[0] == Box{0, 0, 20000, 1000});
  record.boxes = {{0, -0.015F, 20000, 1000}};
  builder.add(record);
  CHECK_THROWS_AS(apply_box_policy(builder.build()), AnnotationError);
  record.boxes = {{-0.0009F, -0.015F, 1000, 20000}};
  record.image_size = ImageSize{20000, 1000};
  builder.add(record);
  CHECK(apply_box_policy(builder.build()).table.boxes(0)[0] == Box{0, 0, 1000, 20000});
}

namespace {

/// An image of 100 × 50 (width × height) with two boxes of two keypoints each.
AnnotationRecord with_keypoints(const std::vector<Keypoint>& points) {
  AnnotationRecord record;
  record.name = "a.jpg";
  record.line = 4;
  record.boxes = {kGood, {30, 10, 40, 20}};
  record.keypoints = points;
  record.image_size = ImageSize{50, 100};
  return record;
}

AnnotationTable table_with(const AnnotationRecord& record) {
  AnnotationTableBuilder builder({"t.csv"});
  builder.add(record);
  return builder.build();
}

}  // namespace

TEST_CASE("a keypoint outside of its image is refused, moved onto the edge or made a missing one") {
  const auto record = with_keypoints({{5, 5, 2}, {99999, -500, 1}, {0, 50, 1}, {100, 0, 2}});
  CHECK_THROWS_WITH(
      apply_box_policy(table_with(record)),
      ContainsSubstring("t.csv:4: image \"a.jpg\", box 1, keypoint 2: expected a keypoint within the image "
                        "of 50 × 100 (height × width), got (99999, -500)"));
  const auto moved = apply_box_policy(table_with(record), BoxPolicy().keypoint_outside(BoxAction::kFix));
  CHECK(moved.table.keypoints(0).to_vector() == std::vector<Keypoint>{{5, 5, 2}, {100, 0, 1}, {0, 50, 1}, {100, 0, 2}});
  CHECK_THAT(moved.report.boxes()[0].text, Catch::Matchers::EndsWith("got (99999, -500)"));
  CHECK(moved.report.summary() == "1 keypoint moved onto the edge");
  CHECK(moved.report.count(Reason::kKeypointOutside, BoxAction::kFix) == 1);
  CHECK(moved.report.fixed() == 0);
  const auto missing = apply_box_policy(table_with(record), BoxPolicy().keypoint_outside(BoxAction::kSkip));
  CHECK(missing.table.keypoints(0)[1] == Keypoint{-1, -1, 0});
  CHECK(missing.table.keypoints(0)[1].is_missing());
  CHECK(missing.table.boxes(0).size() == 2);
  CHECK(missing.report.summary() == "1 keypoint left out");

  AnnotationRecord alone = record;
  BoxReport report;
  apply_box_policy(alone, BoxPolicy().keypoint_outside(BoxAction::kSkip), {"t.csv", 4, 0}, {50, 100}, report);
  CHECK(alone.keypoints == missing.table.keypoints(0).to_vector());
}

TEST_CASE("keypoints that are missing or not labeled may lie anywhere, and rounding is forgiven") {
  const auto record = with_keypoints({{-1, -1, 0}, {-300, 7, 0}, {100.0005F, -0.0005F, 2}, {0, 0, 0}});
  const auto checked = apply_box_policy(table_with(record));
  CHECK(checked.table.keypoints(0).to_vector() ==
        std::vector<Keypoint>{{-1, -1, 0}, {-300, 7, 0}, {100, 0, 2}, {0, 0, 0}});
  CHECK(checked.report.summary().empty());
}

TEST_CASE("keypoints of an image without a box are checked, and a box that is left out takes its keypoints along") {
  AnnotationRecord record;
  record.name = "a.jpg";
  record.line = 9;
  record.keypoints = {{1, 1, 2}, {101, 1, 2}};
  record.image_size = ImageSize{50, 100};
  CHECK_THROWS_WITH(apply_box_policy(table_with(record)),
                    ContainsSubstring("t.csv:9: image \"a.jpg\", keypoint 2: expected a keypoint"));
  auto two = with_keypoints({{1, 1, 2}, {2, 2, 2}, {3, 3, 2}, {4, 4, 2}});
  two.boxes[0] = {5, 5, 5, 9};
  const auto left = apply_box_policy(table_with(two), BoxPolicy().degenerate(BoxAction::kSkip)).table;
  CHECK(left.keypoints(0).to_vector() == std::vector<Keypoint>{{3, 3, 2}, {4, 4, 2}});
}

TEST_CASE("reports add up") {
  BoxReport sum;
  const auto skip = BoxPolicy().degenerate(BoxAction::kSkip).keep_empty(false);
  sum.add(apply_box_policy(table_of({{{10, 10, 10, 20}}, {kGood}}), skip).report);
  sum.add(apply_box_policy(table_of({{{10, 10, 10, 20}, kGood}}), skip).report);
  CHECK(sum.summary() == "2 boxes left out (degenerate 2), 1 image without boxes left out");
  CHECK(sum.boxes().size() == 2);
}

TEST_CASE("crowds are no targets: left out and counted, wherever they lie, and kept in the table that was read") {
  AnnotationTableBuilder builder({"t.json"});
  AnnotationRecord record;
  record.name = "a.jpg";
  record.boxes = {kGood, {0, 0, 500, 500}, {30, 10, 40, 20}};
  record.flags = {kNoFlags, kCrowd, kDifficult};
  record.image_size = ImageSize{50, 100};
  builder.add(record);
  const auto table = builder.build();
  const auto targets = apply_box_policy(table);
  CHECK(targets.table.boxes(0).to_vector() == std::vector<Box>{kGood, {30, 10, 40, 20}});
  CHECK(targets.table.flags(0).to_vector() == std::vector<std::uint8_t>{kNoFlags, kDifficult});
  CHECK(targets.report.summary() == "1 box left out (crowd 1)");
  CHECK(targets.report.boxes()[0].text == "box 2: a box around a crowd");
  CHECK(table.boxes(0).size() == 3);
  const auto easy = apply_box_policy(table, BoxPolicy().difficult(false));
  CHECK(easy.table.boxes(0).to_vector() == std::vector<Box>{kGood});
  CHECK(easy.report.count(Reason::kDifficult, BoxAction::kSkip) == 1);
  CHECK_THROWS_AS(apply_box_policy(table, BoxPolicy().crowds(true)), AnnotationError);
  const auto all = apply_box_policy(table, BoxPolicy().crowds(true).outside(BoxAction::kFix));
  CHECK(all.table.boxes(0)[1] == Box{0, 0, 100, 50});

  AnnotationRecord alone = table.record(0);
  BoxReport report;
  apply_box_policy(alone, {}, {"t.json", 0, 0}, {50, 100}, report);
  CHECK(alone.boxes == targets.table.boxes(0).to_vector());
  CHECK(report.summary() == targets.report.summary());
}

TEST_CASE("a message says what can be done about the box that it refuses") {
  const auto advice = [](const Box& box) {
    try {
      apply_box_policy(table_of({{box}}), {}, {{50, 100}});
    } catch (const AnnotationError& error) {
      const std::string text = error.what();
      return text.substr(text.rfind("): ") + 3);
    }
    return std::string();
  };
  CHECK(advice({90, 10, 110, 20}) == "`outside(BoxAction::kFix)` clips it, `outside(BoxAction::kSkip)` leaves it out");
  CHECK(advice({190, 10, 200, 20}) == "`outside(BoxAction::kSkip)` leaves it out");
  CHECK(advice({5, 5, 5, 9}) == "`degenerate(BoxAction::kSkip)` leaves it out");
  CHECK(advice({9, 5, 5, 9}) == "`inverted(BoxAction::kFix)` swaps them");
  CHECK_THROWS_WITH(apply_box_policy(table_with(with_keypoints({{1, 1, 2}, {1, 60, 2}, {1, 1, 2}, {1, 1, 2}}))),
                    ContainsSubstring("got (1, 60): `keypoint_outside(BoxAction::kFix)` moves it onto the edge"));
}
