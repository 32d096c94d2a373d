// The raccoon data set, where it is beside the checkout: the same labels as CSV, VOC and COCO.
#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/annotations/box_policy.h>
#include <boxfeed/annotations/coco.h>
#include <boxfeed/annotations/csv.h>
#include <boxfeed/annotations/layout_check.h>
#include <boxfeed/annotations/voc.h>

#include <filesystem>
#include <string>

#include "support/catch.h"
#include "support/temporary_folder.h"

using namespace boxfeed;

namespace {

const std::string kFolder = std::string(BOXFEED_SHARED_DATA) + "/raccoon";

bool is_there() {
  const bool there = std::filesystem::exists(kFolder + "/labels.csv");
  if (!there) WARN("skipped: no " << kFolder);
  return there;
}

}  // namespace

TEST_CASE("raccoon: labels.csv, voc and a COCO file written from them are equal tables") {
  if (!is_there()) return;
  const auto csv = group_by_image(read_csv(kFolder + "/labels.csv"));
  const auto voc = read_voc(kFolder + "/voc");
  CHECK(csv.size() == 200);
  REQUIRE(voc.size() == 200);
  CHECK(csv == voc);
  testing::TemporaryFolder folder;
  write_coco(folder / "a.json", voc);
  CHECK(read_coco(folder / "a.json") == csv);
  write_csv(folder / "a.csv", voc);
  CHECK(group_by_image(read_csv(folder / "a.csv")) == csv);
  CHECK(check_layout(csv).empty());
  CHECK(apply_box_policy(csv).report.summary().empty());
}

TEST_CASE("raccoon: boxes.csv has the first boxes of labels.csv") {
  if (!is_there()) return;
  const auto boxes = read_csv(kFolder + "/boxes.csv");
  REQUIRE(boxes.size() == 200);
  CHECK(boxes.name(0) == "raccoon-1.jpg");
  CHECK(boxes.boxes(0)[0] == Box{81, 88, 522, 408});
}
