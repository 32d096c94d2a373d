#include "data/records.h"

#include <boxfeed/annotations/annotation_table_builder.h>
#include <boxfeed/core/error.h>

#include <stdexcept>

#include "support/catch.h"
#include "support/temporary_folder.h"

using boxfeed::BoxAction;
using boxfeed::BoxPolicy;
using Catch::Matchers::ContainsSubstring;

namespace {

boxfeed::AnnotationTable two_boxes(const std::string& name) {
  boxfeed::AnnotationTableInfo info;
  info.path = "labels.csv";
  info.class_names = {"cat", "dog"};
  boxfeed::AnnotationTableBuilder builder(info);
  boxfeed::AnnotationRecord record;
  record.name = name;
  record.line = 5;
  record.boxes = {{10, 10, 20, 20}, {90, 90, 110, 95}};
  record.class_ids = {0, 1};
  builder.add(record);
  return builder.build();
}

}  // namespace

TEST_CASE("the policy sees the size of the image") {
  const auto table = two_boxes("a.jpg");
  CHECK(boxfeed::record_in_image(table, 0, {}, {200, 200}).boxes(0).size() == 2);
  CHECK_THROWS_WITH(boxfeed::record_in_image(table, 0, {}, {100, 100}), ContainsSubstring("labels.csv:5"));
  const auto fixed = boxfeed::record_in_image(table, 0, BoxPolicy().outside(BoxAction::kFix), {100, 100});
  REQUIRE(fixed.boxes(0).size() == 2);
  CHECK(fixed.boxes(0)[1] == boxfeed::Box{90, 90, 100, 95});
  const auto skipped = boxfeed::record_in_image(table, 0, BoxPolicy().outside(BoxAction::kSkip), {100, 100});
  REQUIRE(skipped.boxes(0).size() == 1);
  CHECK(skipped.class_ids(0)[0] == 0);
}

TEST_CASE("an image without boxes stays whatever the policy says") {
  boxfeed::AnnotationTableBuilder builder;
  boxfeed::AnnotationRecord record;
  record.name = "empty.jpg";
  builder.add(record);
  CHECK(boxfeed::record_in_image(builder.build(), 0, BoxPolicy().keep_empty(false), {10, 10}).size() == 1);
}

TEST_CASE("files are checked without reading them") {
  const boxfeed::testing::TemporaryFolder folder;
  folder.write("a.jpg", "not an image, but a file");
  CHECK_NOTHROW(boxfeed::check_image_files(two_boxes("a.jpg"), boxfeed::Folder(folder.path().string())));
  try {
    boxfeed::check_image_files(two_boxes("b.jpg"), boxfeed::Folder(folder.path().string()));
    FAIL("nothing was thrown");
  } catch (const boxfeed::Error& error) {
    CHECK(error.reason() == boxfeed::Reason::kNotFound);
    CHECK_THAT(error.what(), ContainsSubstring("labels.csv:5 (example 0)") && ContainsSubstring("b.jpg"));
  }
}

TEST_CASE("an image's error gets its place, and keeps what it holds") {
  const auto table = two_boxes("a.jpg");
  CHECK(boxfeed::with_place(table, 0, [] { return 7; }) == 7);
  const auto fail = [] { throw boxfeed::ImageError(boxfeed::Reason::kCorrupt, "a.jpg", "damaged"); };
  CHECK_THROWS_WITH(boxfeed::with_place(table, 0, fail), "labels.csv:5 (example 0): image \"a.jpg\": damaged");
  const auto fail_nested = [] {
    try {
      throw std::domain_error("inner");
    } catch (...) {
      std::throw_with_nested(boxfeed::ImageError(boxfeed::Reason::kHook, "a.jpg", "outer"));
    }
  };
  try {
    boxfeed::with_place(table, 0, fail_nested);
    FAIL("nothing was thrown");
  } catch (const boxfeed::ImageError& error) {
    CHECK(error.place()->line == 5);
    CHECK_THROWS_AS(std::rethrow_if_nested(error), std::domain_error);
  }
}
