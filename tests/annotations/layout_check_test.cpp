#include <boxfeed/annotations/coco.h>
#include <boxfeed/annotations/csv.h>
#include <boxfeed/annotations/layout_check.h>
#include <boxfeed/annotations/yolo.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/temporary_folder.h"

using namespace boxfeed;
using Catch::Matchers::ContainsSubstring;

namespace {

/// Doubts about a CSV whose images are all 200 × 100 (width × height).
std::vector<AnnotationProblem> doubts(const std::string& header, const std::vector<std::string>& rows,
                                      const CsvOptions& options = {}) {
  testing::TemporaryFolder folder;
  std::string text = header + "\n";
  for (const auto& row : rows) text += "a.jpg," + row + "\n";
  const auto table = read_csv(folder.write("d.csv", text), options);
  return check_layout(table, std::vector<ImageSize>(table.size(), ImageSize{100, 200}));
}

}  // namespace

TEST_CASE("boxes that fit raise no doubt") {
  CHECK(doubts("image,x,y,w,h", {"0,0,200,100", "150,50,50,50", "1,2,3,4"}).empty());
  CHECK(doubts("image,xmin,ymin,xmax,ymax", {"0,0,201,101"}).empty());
  CHECK(doubts("image,x,y,w,h", std::vector<std::string>(8, "0,0,50,101")).empty());
  CHECK(doubts("image,x,y,h,w", std::vector<std::string>(8, "0,99,2,60")).empty());
}

TEST_CASE("corners that were taken for sizes") {
  const auto found = doubts("image,x,y,w,h", {"10,10,20,20", "150,50,190,90", "120,60,180,95", "100,30,150,80"});
  REQUIRE(found.size() == 1);
  CHECK(found[0].reason == Reason::kAmbiguous);
  CHECK(found[0].line == 3);
  CHECK(found[0].text ==
        "3 of 4 boxes do not fit into their images when their numbers are read as x, y, width, height, "
        "but 0 when read as corners xmin, ymin, xmax, ymax");
}

TEST_CASE("w and h swapped, sizes taken for corners, xmin, xmax, ymin, ymax") {
  const auto swapped = doubts("image,x,y,h,w", {"10,10,180,20", "0,50,190,40"});
  REQUIRE(swapped.size() == 1);
  CHECK_THAT(swapped[0].text, ContainsSubstring("0 when read as x, y, width, height"));
  const auto sizes = doubts("image,xmin,ymin,xmax,ymax", {"150,50,40,40", "120,60,70,30", "160,10,30,5"});
  REQUIRE(sizes.size() == 1);
  CHECK_THAT(sizes[0].text, ContainsSubstring("0 when read as x, y, width, height"));
  const auto order = doubts("image,xmin,ymin,xmax,ymax", {"150,190,40,80", "100,180,20,90"});
  REQUIRE(order.size() == 1);
  CHECK_THAT(order[0].text, ContainsSubstring("0 when read as xmin, xmax, ymin, ymax"));
}

TEST_CASE("a few wrong boxes do not speak against the layout") {
  std::vector<std::string> rows(50, "10,10,30,20");
  rows[7] = "150,50,190,90";
  CHECK(doubts("image,x,y,w,h", rows).empty());
}

TEST_CASE("fractions that were taken for pixels") {
  const auto found = doubts("image,x,y,w,h", {"0.1,0.2,0.5,0.5", "0,0,1,1"}, CsvOptions().box_units(BoxUnits::kPixels));
  REQUIRE(found.size() == 1);
  CHECK(found[0].reason == Reason::kUnits);
  CHECK(found[0].line == 2);
}

TEST_CASE("sizes in the file that are not those of the images") {
  const std::string header = "image,width,height,xmin,ymin,xmax,ymax";
  CHECK(doubts(header, {"200,100,1,2,3,4"}).empty());
  const auto wrong = doubts(header, {"200,100,1,2,3,4", "640,480,1,2,3,4"});
  REQUIRE(wrong.size() == 1);
  CHECK(wrong[0].reason == Reason::kSizeMismatch);
  CHECK(wrong[0].line == 3);
  CHECK(wrong[0].text ==
        "1 of 2 sizes of images are wrong, the first 480 × 640 (height × width) for \"a.jpg\", which is 100 × 200 "
        "(height × width)");
  CHECK_THAT(doubts(header, {"100,200,1,2,3,4"})[0].text, ContainsSubstring("with width and height swapped"));
}

TEST_CASE("a wrong number of sizes") {
  testing::TemporaryFolder folder;
  const auto table = read_csv(folder.write("d.csv", "image,x,y,w,h\na,1,2,3,4\n"));
  CHECK(check_layout(table).empty());
  CHECK_THROWS_AS(check_layout(table, {{1, 1}, {2, 2}}), std::invalid_argument);
}

TEST_CASE("corners that were written as sizes into COCO and YOLO files") {
  testing::TemporaryFolder folder;
  std::string images, annotations;
  for (int i = 0; i < 10; ++i) {
    const std::string id = std::to_string(i), comma = i == 0 ? "" : ",";
    images += comma + R"({"id": )" + id + R"(, "file_name": ")" + id + R"(.jpg", "width": 200, "height": 100})";
    annotations += comma + R"({"image_id": )" + id + R"(, "category_id": 1, "bbox": [120, 50, 180, 90]})";
  }
  const auto coco =
      read_coco(folder.write("c.json", R"({"images": [)" + images + R"(], "annotations": [)" + annotations +
                                           R"(], "categories": [{"id": 1, "name": "cat"}]})"));
  const auto doubt = check_layout(coco);
  REQUIRE(doubt.size() == 1);
  CHECK(doubt[0].text ==
        "10 of 10 boxes do not fit into their images when their numbers are read as x, y, width, height, but 0 when "
        "read as "
        "corners xmin, ymin, xmax, ymax");
  CHECK(doubt[0].place() == folder / "c.json");
  folder.write("images/a.jpg", "");
  folder.write("labels/a.txt", "0 0.6 0.5 0.9 0.9\n0 0.5 0.75 0.75 0.875\n");
  const auto yolo = read_yolo(folder / "labels", folder / "images");
  REQUIRE(check_layout(yolo, {{100, 200}}).size() == 1);
  CHECK_THAT(check_layout(yolo, {{100, 200}})[0].text,
             ContainsSubstring("center x, center y, width, height, but 0 when read as corners"));
}
