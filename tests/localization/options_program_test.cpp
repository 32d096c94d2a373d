// Every message that names an option names one of the program that can be followed.
#include <boxfeed/core/file.h>

#include <filesystem>
#include <opencv2/imgcodecs.hpp>
#include <set>
#include <string>
#include <vector>

#include "data/option_words.h"
#include "localization/program.h"
#include "support/catch.h"

namespace {

using Catch::Matchers::ContainsSubstring;
using program::localize;
using program::TemporaryFolder;
namespace fs = std::filesystem;

/// Ten images of 40 × 30 (width × height), and some that need an option.
class Images : public TemporaryFolder {
 public:
  Images() {
    fs::create_directories(*this / "images");
    for (int i = 0; i < 10; ++i) {
      const cv::Mat pixels(30, 40, CV_8UC3, cv::Scalar(9 * i, 120, 200));
      REQUIRE(cv::imwrite(*this / ("images/" + std::to_string(i) + ".png"), pixels));
    }
    REQUIRE(cv::imwrite(*this / "images/t.tiff", cv::Mat(30, 40, CV_8UC3, cv::Scalar(1, 2, 3))));
    // A header of 11 000 × 11 000 pixels, and one of 40 000 × 1.
    REQUIRE(cv::imwrite(*this / "images/large.png", cv::Mat(11000, 11000, CV_8UC1, cv::Scalar(1))));
    REQUIRE(cv::imwrite(*this / "images/wide.png", cv::Mat(1, 40000, CV_8UC1, cv::Scalar(1))));
    REQUIRE(cv::imwrite(*this / "outside.png", cv::Mat(30, 40, CV_8UC3, cv::Scalar(7, 7, 7))));
    fs::create_symlink("../outside.png", *this / "images/link.png");
  }

  /// A CSV with `header`, and for each image "i.png," and `row`.
  std::string csv(const std::string& header, const std::string& row, const std::string& more = "") const {
    std::string text = header.empty() ? "" : header + "\n";
    for (int i = 0; i < 10; ++i) text += std::to_string(i) + ".png" + row + "\n";
    write("data.csv", text + more);
    return "--csv data.csv --images images";
  }

  std::string yolo(const std::string& line) const {
    for (int i = 0; i < 10; ++i) write("labels/" + std::to_string(i) + ".txt", line);
    for (const auto* name : {"t.tiff", "large.png", "wide.png", "link.png"})
      fs::remove(*this / ("images/" + std::string(name)));
    return "--yolo . --images images";
  }
};

/// Without the option, `localize check` says it; with it, it finds nothing to mend.
void follow(const Images& folder, const std::string& files, const std::string& option, const std::string& text = {}) {
  CAPTURE(files, option);
  const auto before = localize(folder, "check " + files);
  CHECK(before.code == 3);
  CHECK_THAT(before.out + before.err, ContainsSubstring(text.empty() ? option : text));
  CHECK_THAT(before.out + before.err, !ContainsSubstring("`"));
  const auto after = localize(folder, "check " + files + " " + option);
  CAPTURE(after.out, after.err);
  CHECK(after.code == 0);
}

}  // namespace

TEST_CASE("options that messages about a CSV name can be followed") {
  const Images folder;
  const std::string box = "image,xmin,ymin,xmax,ymax", row = ",1,2,30,20";
  follow(folder, folder.csv("", row + ",cat"), "--no-header");
  follow(folder, folder.csv("", row) + " --no-header", "--labels box --box-format xyxy", "--labels box");
  follow(folder, folder.csv("", row) + " --no-header", "--labels numbers");
  follow(folder, folder.csv("", row + ",1") + " --no-header", "--labels numbers");
  follow(folder, folder.csv("", row + ",1") + " --no-header",
         "--box-columns 2 3 4 5 --box-format xyxy --class-column 6", "--class-column");
  follow(folder, folder.csv("", ",1,2,3,4,5,6") + " --no-header", "--labels keypoints");
  follow(folder, folder.csv("image;xmin;ymin;xmax;ymax", ";1;2;30;20"), "--separator ';'");
  follow(folder, folder.csv("image\txmin\tymin\txmax\tymax", "\t1\t2\t30\t20"), "--separator tab");
  folder.write("two.csv", "score,filename,path,xmin,ymin,xmax,ymax\n1,0.png,a,1,2,30,20\n2,1.png,b,1,2,30,20\n");
  follow(folder, "--csv two.csv --images images", "--image-column filename", "--image-column \"filename\"");
  follow(folder, folder.csv(box + ",class,label", row + ",cat,dog"), "--ignore label", "--ignore \"label\"");
  follow(folder, folder.csv(box + ",animal,color", row + ",cat,red"), "--ignore color", "--ignore \"color\"");
  follow(folder, folder.csv("image,0,1,2,3", row), "--labels keypoints");
  follow(folder, folder.csv("image,0,1,2,3", row), "--labels numbers");
  follow(folder, folder.csv("image,ax,ay,bx,by", row), "--box-columns ax ay bx by --box-format xyxy", "--box-columns");
  follow(folder, folder.csv(box + ",cx,cy", row + ",5,5"), "--ignore cx cy", "--ignore");
  follow(folder, folder.csv("image,xmin,ymin,xmax,lower", row), "--box-columns xmin ymin xmax lower --box-format xyxy",
         "--box-columns");
  follow(folder, folder.csv(box, ",0.1,0.2,0.5,0.6"), "--fractions");
  follow(folder, folder.csv(box, ",0.1,0.2,0.9,0.8"), "--pixels");
}

TEST_CASE(
    "numbered columns that lie within the images as points are likelier keypoints, and still the option decides") {
  const Images folder;
  const auto said = [&](const std::string& row, const std::string& more = "") {
    const auto outcome = localize(folder, "check " + folder.csv("image,0,1,2,3,4,5", row, more));
    CHECK(outcome.code == 3);
    return outcome.out + outcome.err;
  };
  const std::string likelier =
      "; --labels keypoints is likelier, since as points all numbers of the first 10 rows lie within the images";
  CHECK_THAT(said(",1,2,30,20,40,30"), ContainsSubstring("6 numbered columns may be keypoints") &&
                                           ContainsSubstring("--labels numbers" + likelier));
  CHECK_THAT(said(",1,2,30,20,40,30.5"), ContainsSubstring("--labels numbers") && !ContainsSubstring("likelier"));
  CHECK_THAT(said(",1,2,30,20,40,30", "5.png,1,2,3,4,-5,6\n"), !ContainsSubstring("likelier"));
  CHECK_THAT(said(",1,2,30,20,40,30", "gone.png,1,2,3,4,5,6\n"), !ContainsSubstring("likelier"));
}

TEST_CASE("options that messages about boxes and images name can be followed") {
  const Images folder;
  const std::string box = "image,xmin,ymin,xmax,ymax", row = ",1,2,30,20";
  for (const auto* train : {"--csv data.csv --images images"}) {
    const auto refused = [&](const std::string& more, const std::string& text) {
      folder.csv(box, row, more + "\n");
      const auto before = localize(folder, "train --dry-run " + std::string(train));
      CHECK(before.code == 3);
      CHECK_THAT(before.err, ContainsSubstring(text) && !ContainsSubstring("`"));
    };
    refused("0.png,1,2,50,20", "--clip-boxes clips it, --drop-bad-boxes leaves it out");
    refused("0.png,50,2,60,20", "--drop-bad-boxes leaves it out");
    refused("0.png,5,2,5,20", "--drop-bad-boxes leaves it out");
    refused("0.png,20,2,5,20", "--clip-boxes swaps them");
    refused("t.tiff" + row, "--tiff allows it");
    refused("large.png" + row, "the option is --max-megapixels N");
    refused("wide.png,1,0,30,1", "the option is --max-megapixels N");
    refused("link.png" + row, "--follow-links follows it");
  }
  follow(folder, folder.csv(box, row, "0.png,1,2,50,20\n"), "--clip-boxes", "outside");
  follow(folder, folder.csv(box, row, "0.png,1,2,50,20\n"), "--drop-bad-boxes", "outside");
  follow(folder, folder.csv(box, row, "0.png,50,2,60,20\n"), "--drop-bad-boxes", "outside_all");
  follow(folder, folder.csv(box, row, "0.png,5,2,5,20\n"), "--drop-bad-boxes", "degenerate");
  follow(folder, folder.csv(box, row, "0.png,20,2,5,20\n"), "--clip-boxes", "inverted");
  follow(folder, folder.csv(box + ",nose_x,nose_y", row + ",99,99"), "--clip-boxes", "keypoint_outside");
  follow(folder, folder.csv(box, row, "t.tiff" + row + "\n"), "--tiff");
  follow(folder, folder.csv(box, row, "large.png" + row + "\n"), "--max-megapixels 200", "--max-megapixels N");
  follow(folder, folder.csv(box, row, "wide.png,1,0,30,1\n"), "--max-megapixels 200", "--max-megapixels N");
  follow(folder, folder.csv(box, row, "link.png" + row + "\n"), "--follow-links");
}

TEST_CASE("options that messages about YOLO's files name can be followed") {
  const Images folder;
  folder.write("classes.txt", "cat\n");
  folder.write("obj.names", "dog\n");
  follow(folder, folder.yolo("0 0.5 0.5 0.5 0.5\n"), "--classes cow", "--classes");
  fs::remove(folder / "obj.names");
  follow(folder, folder.yolo("0 0.5 0.5 0.5 0.5 0.4 0.4 0.6 0.6\n"), "--keypoints 2");
  follow(folder, folder.yolo("0 0.5 0.5 0.5 0.5 0.4 0.4 0.6 0.6\n"), "--keypoints 0");
  follow(folder, folder.yolo("0 0.5 0.5 0.5 0.5 0.4 0.4 2\n"), "--keypoints 1", "--keypoints N");
}

TEST_CASE("each of the library's options in a message has the program's word") {
  using localization::in_program_words;
  CHECK(in_program_words("no option") == "no option");
  CHECK(in_program_words("a `header(false)` b `separator(';')`.") == "a --no-header b --separator ';'.");
  CHECK(in_program_words("`ignore({\"a b\"})` or `image(\"x\")`") == "--ignore \"a b\" or --image-column \"x\"");
  CHECK(in_program_words("`keypoints({…})`, `keypoints(17)`, `keypoints(n)`") ==
        "--labels keypoints, --keypoints 17, --keypoints N");
  CHECK(in_program_words("`unknown(1)` and one ` alone") == "`unknown(1)` and one ` alone");
  // Each is an option of the program, and none stands behind one that takes its place.
  const TemporaryFolder folder;
  const auto help = localize(folder, "train --help").out;
  std::set<std::string> seen;
  for (const auto& [library, option] : localization::option_words()) {
    CAPTURE(library, option);
    CHECK_THAT(help, ContainsSubstring(option.substr(0, option.find(' '))));
    CHECK(seen.insert(library).second);
  }
}
