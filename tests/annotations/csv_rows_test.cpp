// The cells of a CSV's rows: numbers, units, classes, marks.
#include <boxfeed/annotations/csv.h>
#include <boxfeed/core/error.h>

#include <string>
#include <vector>

#include "annotations/csv_sample.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

using namespace boxfeed;
using Catch::Matchers::ContainsSubstring;
using csv_sample::message_of;
using csv_sample::read;
using csv_sample::refusal;

TEST_CASE("empty cells") {
  const auto error = refusal("image,x,y,h,w\na.jpg,1,,3,4\n");
  CHECK(error.reason() == Reason::kEmptyCell);
  CHECK(message_of(error) == "data.csv:2: column \"y\" (3): expected a number, got an empty cell");
  CHECK(refusal("image,x,y,h,w\na.jpg,,,,\n", CsvOptions().background(false)).reason() == Reason::kEmptyCell);
  CHECK(refusal("image,x,y,h,w\n,1,2,3,4\n").reason() == Reason::kEmptyCell);

  const auto options = CsvOptions().background(true);
  const auto table = read("image,x,y,h,w,score\na.jpg,1,2,3,4,5\nb.jpg,,,,,\nc.jpg,,,,,7\n", options);
  CHECK(table.boxes(0).size() == 1);
  CHECK(table.boxes(1).empty());
  CHECK(table.numbers(1).empty());
  CHECK(table.boxes(2).empty());
  CHECK(table.numbers(2)[0] == 7);
  CHECK(refusal("image,x,y,h,w\nb.jpg,,,,4\n", options).reason() == Reason::kEmptyCell);
}

TEST_CASE("what is no number") {
  const auto error = refusal("image,x,y,h,w\na.jpg,1,2,3,12px\n");
  CHECK(error.reason() == Reason::kBadNumber);
  CHECK(error.line() == 2);
  CHECK(message_of(error) == "data.csv:2: column \"w\" (5): expected a number, got \"12px\"");
  const auto reason = [](const std::string& cell) { return refusal("image,a\na.jpg," + cell + "\n").reason(); };
  for (const auto* cell : {"-", "+", "12px", "0x10", "1 2", "--1", ".", "1e", "1.2.3", "+5"}) {
    CAPTURE(cell);
    CHECK(reason(cell) == Reason::kBadNumber);
  }
  for (const auto* cell : {"nan", "NaN", "inf", "-inf", "infinity"}) CHECK(reason(cell) == Reason::kNonFinite);
  CHECK(reason("1e400") == Reason::kOutOfRange);
  CHECK(read("image,a\na.jpg, 7\t\n").numbers(0)[0] == 7);
}

TEST_CASE("fractions where pixels are expected, and the other way round") {
  const std::string text = "image,x,y,w,h\na.jpg,0.1,0.2,0.5,0.25\n";
  CHECK(refusal(text).reason() == Reason::kUnits);
  const auto table = read(text, CsvOptions().box_units(BoxUnits::kFractions));
  CHECK(table.box_units() == BoxUnits::kFractions);
  CHECK(table.boxes(0)[0].xmax == Approx(0.6));
  const auto error = refusal("image,x,y,w,h\na.jpg,0.1,0.2,0.5,80\n", CsvOptions().box_units(BoxUnits::kFractions));
  CHECK(error.reason() == Reason::kUnits);
  CHECK(error.line() == 2);
}

TEST_CASE("fractions become pixels where the file has the sizes of the images") {
  const auto table = read("image,width,height,xmin,ymin,xmax,ymax\na.jpg,200,100,0.1,0.2,0.5,1\n",
                          CsvOptions().box_units(BoxUnits::kFractions));
  CHECK(table.box_units() == BoxUnits::kPixels);
  CHECK(table.image_size(0) == ImageSize{100, 200});
  CHECK(table.boxes(0)[0].xmin == Approx(20));
  CHECK(table.boxes(0)[0].ymin == Approx(20));
  CHECK(table.boxes(0)[0].xmax == Approx(100));
  CHECK(table.boxes(0)[0].ymax == Approx(100));
}

TEST_CASE("classes by name get ids in alphabetical order, whole numbers are ids") {
  const auto names = read("image,class\na.jpg,dog\nb.jpg,cat\nc.jpg,dog\n");
  CHECK(names.class_names() == std::vector<std::string>{"cat", "dog"});
  CHECK(names.class_ids(0)[0] == 1);
  CHECK(names.class_ids(1)[0] == 0);
  const auto ids = read("image,class\na.jpg,3\nb.jpg,1\n");
  CHECK(ids.class_names() == std::vector<std::string>{"0", "1", "2", "3"});
  CHECK(ids.class_ids(0)[0] == 3);
  CHECK(read("image,class\na.jpg,20000\n").class_ids(0)[0] == 20000);
  CHECK(read("image,class\na.jpg,000000002\n").class_ids(0)[0] == 2);
  CHECK(refusal("image,class\na.jpg,1000001\n").reason() == Reason::kClassRange);
  CHECK(refusal("image,class\na.jpg,0.5\nb.jpg,1\n").reason() == Reason::kClassRange);
}

TEST_CASE("classes outside the given ones") {
  const auto options = CsvOptions().class_names({"dog", "cat"});
  const auto table = read("image,class\na.jpg,cat\nb.jpg,0\n", options);
  CHECK(table.class_ids(0)[0] == 1);
  CHECK(table.class_ids(1)[0] == 0);
  for (const auto* cell : {"2", "-1", "horse"}) {
    const auto error = refusal("image,class\na.jpg,cat\nb.jpg," + std::string(cell) + "\n", options);
    CHECK(error.reason() == Reason::kClassRange);
    CHECK(error.line() == 3);
  }
}

TEST_CASE("keypoints, sizes, splits and groups") {
  const auto table =
      read("image,nose_x,nose_y,nose_v,ear_x,ear_y,split,film\na.jpg,1,2,1,3,4,train,f1\nb.jpg,5,6,0,7,8,val,f2\n",
           CsvOptions().group_column("film"));
  CHECK(table.keypoints(0).to_vector() == std::vector<Keypoint>{{1, 2, 1}, {3, 4, 2}});
  CHECK(table.keypoints(1)[0] == Keypoint{5, 6, 0});
  CHECK(table.split(0) == "train");
  CHECK(table.split(1) == "val");
  CHECK(table.group(1) == "f2");
}

TEST_CASE("a row takes at most 100 bytes beyond its name") {
  testing::TemporaryFolder folder;
  std::string text = "image,class,x,y,h,w,score\n";
  constexpr std::size_t kRows = 100'000;
  std::size_t names = 0;
  for (std::size_t i = 0; i < kRows; ++i) {
    const std::string name = "shard/" + std::to_string(100'000 + i) + ".jpg";
    names += name.size();
    text += name + ",cat," + std::to_string(i % 500) + ".5,2,3,4,0.25\n";
  }
  const auto table = read_csv(folder.write("d.csv", text));
  REQUIRE(table.size() == kRows);
  CHECK(table.memory() >= names + kRows * 32);
  CHECK(table.memory() <= names + kRows * 100);
}

TEST_CASE("each row with a wrong class is named") {
  const auto error =
      refusal("image,class\na.jpg,cat\nb.jpg,cow\nc.jpg,cow\n", CsvOptions().class_names({"dog", "cat"}));
  CHECK_THAT(message_of(error), ContainsSubstring("data.csv:3: ") && ContainsSubstring("data.csv:4: ") &&
                                    ContainsSubstring("\n2 problems"));
}

TEST_CASE("columns of 0 and 1 mark difficult boxes and crowds") {
  const auto table = read("image,x,y,h,w,Difficult,iscrowd\na.jpg,1,2,3,4,1,0\nb.jpg,1,2,3,4,1,1\nc.jpg,1,2,3,4,0,0\n");
  CHECK(table.flags(0).to_vector() == std::vector<std::uint8_t>{kDifficult});
  CHECK(table.flags(1).to_vector() == std::vector<std::uint8_t>{kDifficult | kCrowd});
  CHECK(table.flags(2).to_vector() == std::vector<std::uint8_t>{kNoFlags});
  CHECK(table.numbers(0).empty());
  const auto named =
      read("image,x,y,h,w,hard\na.jpg,1,2,3,4,1\n", CsvOptions().box({"x", "y", "h", "w"}).difficult_column("hard"));
  CHECK(named.flags(0)[0] == kDifficult);
  CHECK(message_of(refusal("image,x,y,h,w,crowd\na.jpg,1,2,3,4,2\n")) ==
        "data.csv:2: column \"crowd\" (6): expected 0 or 1, got \"2\"");
  // Without a box it is a number like others.
  CHECK(read("image,difficult\na.jpg,7\n").numbers(0)[0] == 7);
}

TEST_CASE("missing keypoints: -1, empty cells, a visibility of 0, or the number that an option gives") {
  const auto points = [](const std::string& text, const CsvOptions& options = {}) {
    return read(text, options).keypoints(0).to_vector();
  };
  const std::string header = "image,nose_x,nose_y,ear_x,ear_y\n";
  CHECK(points(header + "a.jpg,-1,-1,3,4\n") == std::vector<Keypoint>{{-1, -1, 0}, {3, 4, 2}});
  CHECK(points(header + "a.jpg,1,2,,\n") == std::vector<Keypoint>{{1, 2, 2}, {-1, -1, 0}});
  CHECK(points(header + "a.jpg,0,0,-1,4\n") == std::vector<Keypoint>{{0, 0, 2}, {-1, 4, 2}});
  CHECK(points(header + "a.jpg,0,0,-1,-1\n", CsvOptions().missing_keypoint(0.0F)) ==
        std::vector<Keypoint>{{0, 0, 0}, {-1, -1, 2}});
  CHECK(points(header + "a.jpg,-9,-9,3,4\n", CsvOptions().missing_keypoint(-9.0F))[0] == Keypoint{-1, -1, 0});
  CHECK(points(header + "a.jpg,-1,-1,3,4\n", CsvOptions().missing_keypoint(std::nullopt))[0] == Keypoint{-1, -1, 2});
  const std::string seen = "image,nose_x,nose_y,nose_v\n";
  CHECK(points(seen + "a.jpg,0,0,0\n")[0].is_missing());
  CHECK(points(seen + "a.jpg,,,\n")[0].is_missing());
  CHECK(points(seen + "a.jpg,,,0\n")[0].is_missing());
  CHECK(points(seen + "a.jpg,5,6,0\n") == std::vector<Keypoint>{{5, 6, 0}});
  // A row with a missing point says nothing about the next.
  const auto table = read(header + "a.jpg,-1,-1,,\nb.jpg,5,6,7,8\n");
  CHECK(table.keypoints(1).to_vector() == std::vector<Keypoint>{{5, 6, 2}, {7, 8, 2}});
}

TEST_CASE("a keypoint that is there in part is refused") {
  const auto error = refusal("image,nose_x,nose_y,ear_x,ear_y\na.jpg,1,2,3,\n");
  CHECK(error.reason() == Reason::kEmptyCell);
  CHECK(message_of(error) ==
        "data.csv:2: column \"ear_y\" (5): expected a number, or x and y empty for a missing keypoint, got an empty "
        "cell");
  CHECK(refusal("image,nose_x,nose_y,nose_v\na.jpg,1,2,\n").reason() == Reason::kEmptyCell);
}

TEST_CASE("missing keypoints stay missing where fractions become pixels") {
  const auto table = read(
      "image,image_width,image_height,x,y,w,h,nose_x,nose_y\na.jpg,200,100,0,0,1,1,-1,-1\n"
      "b.jpg,200,100,0,0,1,1,0.5,0.25\n",
      CsvOptions().box_units(BoxUnits::kFractions));
  CHECK(table.keypoints(0)[0] == Keypoint{-1, -1, 0});
  CHECK(table.keypoints(1)[0] == Keypoint{100, 25, 2});
}

TEST_CASE("a CSV of several blocks with images without an object, read by one thread and by several") {
  testing::TemporaryFolder folder;
  std::string text = "image,x,y,h,w,score\n";
  std::size_t rows = 0;
  for (; text.size() < (std::size_t{5} << 20) / 2; ++rows) {
    const std::string name(50, 'n');
    text += name + std::to_string(rows) + (rows % 3 == 0 ? ",,,,,\n" : ",1,2,3," + std::to_string(rows) + ",7\n");
  }
  const auto path = folder.write("d.csv", text);
  for (const std::size_t threads : {1U, 3U}) {
    const auto table = read_csv(path, CsvOptions().background(true).threads(threads));
    REQUIRE(table.size() == rows);
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < rows; ++i) {
      const bool is_empty = i % 3 == 0;
      wrong += table.boxes(i).size() != (is_empty ? 0 : 1) || table.numbers(i).size() != (is_empty ? 0 : 1) ||
               (!is_empty && table.boxes(i)[0] != Box{1, 2, 1 + static_cast<float>(i), 5}) || table.line(i) != i + 2;
    }
    CHECK(wrong == 0);
  }
}
