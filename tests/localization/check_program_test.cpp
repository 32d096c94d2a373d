// `localize check` on copies of a data set that are broken on purpose: it names the broken rows and no others.
#include <cstddef>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <vector>

#include "localization/program.h"
#include "support/catch.h"

namespace fs = std::filesystem;
using Catch::Matchers::ContainsSubstring;
using program::bytes_of;
using program::localize;

namespace {

/// Images of 160 × 120 without any sense, each of its own, and a.csv with a box and a class for each.
class Copy : public program::TemporaryFolder {
 public:
  Copy() {
    std::string csv = kHeader;
    for (int i = 0; i < kCount; ++i) {
      cv::Mat image(120, 160, CV_8UC3);
      cv::randu(image, 8 * i, 8 * i + 60);
      fs::create_directories(path() / "i");
      cv::imwrite(file(i), image, {cv::IMWRITE_JPEG_QUALITY, 60});
      rows_.push_back(name(i) + ",160,120," + (i % 2 == 0 ? "cat" : "dog") + "," + std::to_string(100 + i) +
                      ",60,150,110");
      csv += rows_.back() + "\n";
    }
    write("i/a.csv", csv);
  }

  static constexpr int kCount = 12;
  static constexpr const char* kHeader = "filename,width,height,class,xmin,ymin,xmax,ymax\n";

  static std::string name(int i) { return "n" + std::to_string(i) + ".jpg"; }
  static std::size_t line(int i) { return static_cast<std::size_t>(i) + 2; }
  std::string file(int i) const { return *this / ("i/" + name(i)); }
  std::string row(int i) const { return rows_[static_cast<std::size_t>(i)]; }
  void set_row(int i, const std::string& row) { rows_[static_cast<std::size_t>(i)] = row; }
  void save(const std::string& header = kHeader) const {
    std::string csv = header;
    for (const auto& row : rows_) csv += row + "\n";
    write("i/a.csv", csv);
  }

 private:
  std::vector<std::string> rows_;
};

/// A finding as it is expected.
struct Expected {
  std::string severity;
  std::string kind;
  std::size_t line;
  std::string image;
};

/// Runs the check and compares all that it found, and its exit code.
void check_finds(const Copy& copy, const std::vector<Expected>& expected, const std::string& options = "") {
  const auto outcome = localize(copy, "check --csv i/a.csv --json " + options);
  INFO(outcome.out << outcome.err);
  const auto report = nlohmann::json::parse(outcome.out);
  bool errors = false;
  std::string found, wanted;
  for (const auto& finding : report.at("findings")) {
    found += finding.at("severity").get<std::string>() + " " + finding.at("kind").get<std::string>() + " " +
             std::to_string(finding.at("line").get<std::size_t>()) + " " + finding.at("image").get<std::string>() +
             "\n";
  }
  for (const auto& finding : expected) {
    wanted += finding.severity + " " + finding.kind + " " + std::to_string(finding.line) + " " + finding.image + "\n";
    errors = errors || finding.severity == "error";
  }
  CHECK(found == wanted);
  CHECK(outcome.code == (errors ? 3 : 0));
}

std::string with_orientation(const std::string& jpeg, char orientation) {
  std::string exif(
      "\xFF\xE1\x00\x22"
      "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x03\0\0\0\0\0\0",
      36);
  exif[29] = orientation;
  return jpeg.substr(0, 2) + exif + jpeg.substr(2);
}

}  // namespace

TEST_CASE("check: a clean copy has nothing to mend") {
  const Copy copy;
  check_finds(copy, {});
  const auto outcome = localize(copy, "check --csv i/a.csv");
  CHECK(outcome.code == 0);
  CHECK(outcome.out.substr(0, 20) == "12 images, 12 boxes;");
  CHECK_THAT(outcome.out, ContainsSubstring("i/a.csv: image \"filename\" (1); box xmin in \"xmin\" (5)") &&
                              ContainsSubstring("classes: cat 6, dog 6") && ContainsSubstring("formats: JPEG 12") &&
                              ContainsSubstring("image width: 160 to 160, median 160") &&
                              ContainsSubstring("box width: 39 to 50, median 45") &&
                              ContainsSubstring("0 errors, 0 warnings"));
  CHECK(outcome.out.find('\r') == std::string::npos);
}

TEST_CASE("check: keypoints that are there and numbers are counted, where there are no boxes") {
  const Copy copy;
  copy.write("i/k.csv", "image,nose_x,nose_y,eye_x,eye_y,age\nn0.jpg,10,20,,,7\nn1.jpg,10,20,30,40,8\n");
  const auto outcome = localize(copy, "check --csv i/k.csv");
  CHECK(outcome.code == 0);
  CHECK(outcome.out.substr(0, outcome.out.find(';')) == "2 images, 3 keypoints, 2 numbers");
}

TEST_CASE("check: files that are missing, cut off or no images") {
  Copy copy;
  copy.set_row(1, "typo.jpg,160,120,dog,100,60,150,110");
  const auto cut = bytes_of(copy.file(2));
  copy.write("i/n2.jpg", cut.substr(0, cut.size() * 9 / 10));
  copy.write("i/n3.jpg", cut.substr(0, cut.size() - 2));  // nothing but the end marker is missing
  copy.write("i/n4.jpg", "");
  copy.write("i/n5.jpg", "no image at all");
  copy.write("i/n6.jpg", "GIF89a\x01\x02\x01\x02");
  fs::resize_file(copy.file(7), (std::uint64_t{256} << 20) + 1);
  copy.set_row(8, "../b.jpg,160,120,cat,100,60,150,110");
  copy.save();
  check_finds(copy, {{"error", "not_found", 3, "typo.jpg"},
                     {"error", "truncated", 4, "n2.jpg"},
                     {"error", "empty_file", 6, "n4.jpg"},
                     {"error", "unknown_format", 7, "n5.jpg"},
                     {"error", "format_not_allowed", 8, "n6.jpg"},
                     {"error", "file_too_large", 9, "n7.jpg"},
                     {"error", "path_escape", 10, "../b.jpg"},
                     {"note", "no_end_marker", 5, "n3.jpg"}});
}

TEST_CASE("a name that no image has is told beside the nearest one, before the first step, too") {
  Copy copy;
  copy.set_row(1, "m1.jpg,160,120,dog,100,60,150,110");
  copy.save();
  for (const std::string command : {"check", "train --epochs 1"}) {
    const auto outcome = localize(copy, command + " --csv i/a.csv");
    CAPTURE(command, outcome.out, outcome.err);
    CHECK(outcome.code == 3);
    CHECK_THAT(outcome.out + outcome.err, ContainsSubstring("1 image not found: \"m1.jpg\"; there is \"n1.jpg\""));
  }
}

TEST_CASE("check: damage before the end of a file is found by decoding") {
  const Copy copy;
  auto bytes = bytes_of(copy.file(4));
  for (std::size_t i = bytes.size() / 2; i < bytes.size() / 2 + 200; ++i) bytes[i] = '\x5A';
  copy.write("i/n4.jpg", bytes.replace(bytes.size() / 2, 2, "\xFF\xD3"));
  check_finds(copy, {});
  check_finds(copy, {{"error", "corrupt", Copy::line(4), "n4.jpg"}}, "--decode");
}

TEST_CASE("check: boxes by every problem") {
  Copy copy;
  copy.set_row(0, "n0.jpg,160,120,cat,150,60,100,110");    // xmax < xmin
  copy.set_row(2, "n2.jpg,160,120,cat,100,60,100,110");    // no width
  copy.set_row(4, "n4.jpg,160,120,cat,100,60,170,110");    // partly outside
  copy.set_row(5, "n5.jpg,160,120,dog,200,60,210,110");    // wholly outside
  copy.set_row(7, "n7.jpg,160,120,dog,100,60,100.5,110");  // half a pixel
  copy.save();
  check_finds(copy, {{"error", "inverted", 2, "n0.jpg"},
                     {"error", "degenerate", 4, "n2.jpg"},
                     {"error", "outside", 6, "n4.jpg"},
                     {"error", "outside_all", 7, "n5.jpg"},
                     {"warning", "too_small", 9, "n7.jpg"}});
}

TEST_CASE("check: rows that cannot be read, all of them, beside other problems") {
  Copy copy;
  copy.set_row(1, "n1.jpg,160,120,dog,100,sixty,150,110");
  copy.set_row(3, "n3.jpg,160,120,dog,100,60,150");
  copy.set_row(5, "n5.jpg,160,120,horse,100,60,150,110");
  copy.set_row(6, "n6.jpg,160,120,cat,100,60,150,800");
  copy.set_row(8, "n8.jpg,120,160,cat,100,60,150,110");
  copy.save();
  check_finds(copy,
              {{"error", "bad_number", 3, "n1.jpg"},
               {"error", "column_count", 5, ""},
               {"error", "class_range", 7, "n5.jpg"},
               {"error", "outside", 8, "n6.jpg"},
               {"error", "size_mismatch", 10, "n8.jpg"}},
              "--classes cat dog");
}

TEST_CASE("check: more bad rows than a message holds") {
  Copy copy;
  std::string csv = Copy::kHeader;
  for (int i = 0; i < 50; ++i) csv += Copy::name(i % Copy::kCount) + ",160,120,cat,?,60,150,110\n";
  copy.write("i/a.csv", csv);
  const auto report = nlohmann::json::parse(localize(copy, "check --csv i/a.csv --json").out);
  CHECK(report.at("errors") == 50);
  CHECK(report.at("findings").size() == 50);
  CHECK(report.at("images") == 0);
}

TEST_CASE("check: a picture that is there twice, and one that is turned") {
  const Copy copy;
  fs::copy_file(copy.file(3), copy.file(9), fs::copy_options::overwrite_existing);
  copy.write("i/n5.jpg", with_orientation(bytes_of(copy.file(5)), 3));
  check_finds(copy, {{"warning", "duplicate", Copy::line(9), "n9.jpg"}, {"note", "rotated", Copy::line(5), "n5.jpg"}});
  // Turned by a quarter: its sides are exchanged, so neither the size in the file nor the box is right.
  Copy quarter;
  quarter.write("i/n5.jpg", with_orientation(bytes_of(quarter.file(5)), 6));
  quarter.set_row(5, "n5.jpg,160,120,dog,100,60,150,110");
  quarter.save();
  check_finds(quarter, {{"error", "size_mismatch", Copy::line(5), "n5.jpg"},
                        {"error", "outside", Copy::line(5), "n5.jpg"},
                        {"note", "rotated", Copy::line(5), "n5.jpg"}});
}

TEST_CASE("check: the same picture for training and for validation") {
  Copy copy;
  for (int i = 0; i < Copy::kCount; ++i) copy.set_row(i, copy.row(i) + (i < 8 ? ",train" : ",val"));
  const std::string header = "filename,width,height,class,xmin,ymin,xmax,ymax,split\n";
  copy.save(header);
  check_finds(copy, {});
  fs::copy_file(copy.file(3), copy.file(9), fs::copy_options::overwrite_existing);
  check_finds(copy, {{"error", "both_splits", Copy::line(9), "n9.jpg"}});
  // A row that says something else than the first of its image.
  copy.set_row(11, "n2.jpg,160,120,cat,101,61,150,110,val");
  copy.save(header);
  check_finds(copy, {{"error", "both_splits", Copy::line(9), "n9.jpg"}, {"error", "both_splits", 13, "n2.jpg"}});
}

TEST_CASE("check: the same picture in two files") {
  const Copy copy;
  copy.write("i/b.csv", std::string(Copy::kHeader) + copy.row(4) + "\nn99.jpg,160,120,cow,1,2,3,4\n");
  const auto outcome = localize(copy, "check --csv i/a.csv --val-csv i/b.csv");
  CHECK(outcome.code == 3);
  CHECK_THAT(outcome.out,
             ContainsSubstring("error: i/b.csv:2: image \"n4.jpg\": both_splits: the same picture as \"n4.jpg\" in "
                               "i/a.csv:6") &&
                 ContainsSubstring("error: i/b.csv:3: image \"n99.jpg\": class_range: ") &&
                 ContainsSubstring("\n2 errors, 0 warnings: the data must be mended\n"));
}

TEST_CASE("check: columns that mean something else, and boxes that are there twice") {
  Copy copy;
  for (int i = 0; i < Copy::kCount; ++i) copy.set_row(i, Copy::name(i) + ",60,40,50,90");  // right as x, y, h, w
  copy.set_row(11, "n10.jpg,60,40,50,90");
  copy.save("image,x,y,w,h\n");
  const auto report = nlohmann::json::parse(localize(copy, "check --csv i/a.csv --json").out);
  CHECK(report.at("findings").at(0).at("kind") == "ambiguous");
  CHECK_THAT(report.at("findings").at(0).at("text").get<std::string>(),
             ContainsSubstring("12 of 12 boxes do not fit") && ContainsSubstring("0 when read as x, y, height, width"));
  copy.save("image,x,y,h,w\n");
  check_finds(copy, {{"warning", "duplicate_box", 13, "n10.jpg"}});
}

TEST_CASE("check: what ends the reading is told, too") {
  Copy copy;
  copy.save("filename,width,height,class,xmin,ymin,xmax,yxam\n");
  check_finds(copy, {{"error", "header", 1, ""}});
  const auto missing = localize(copy, "check --csv none.csv");
  CHECK(missing.code == 3);
  CHECK_THAT(missing.out, ContainsSubstring("error: none.csv: not_found: "));
}

TEST_CASE("check: the report does not depend on the number of threads") {
  Copy copy;
  fs::copy_file(copy.file(3), copy.file(9), fs::copy_options::overwrite_existing);
  copy.write("i/n4.jpg", "");
  copy.set_row(1, "n1.jpg,160,120,dog,100,sixty,150,110");
  copy.save();
  const auto one = localize(copy, "check --csv i/a.csv --workers 1 --val-fraction 0.5");
  CHECK(one.code == 3);
  for (const char* workers : {"2", "7", "32"}) {
    CHECK(localize(copy, "check --csv i/a.csv --val-fraction 0.5 --workers " + std::string(workers)).out == one.out);
  }
}
