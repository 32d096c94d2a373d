#include <boxfeed/annotations/csv.h>
#include <boxfeed/annotations/split.h>
#include <boxfeed/core/error.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "annotations/csv_sample.h"
#include "support/catch.h"
#include "support/failing_calls.h"
#include "support/temporary_folder.h"

using namespace boxfeed;
using Catch::Matchers::ContainsSubstring;
using csv_sample::message_of;
using csv_sample::read;
using csv_sample::refusal;

TEST_CASE("a CSV of image, x, y, h, w becomes boxes") {
  testing::TemporaryFolder folder;
  const auto path = folder.write("data.csv", "image,x,y,h,w\na.jpg,81,88,320,441\nsub/b.png,1.5,2,3,4.25\n");
  const auto table = read_csv(path);
  REQUIRE(table.size() == 2);
  CHECK(table.path() == path);
  CHECK(table.name(0) == "a.jpg");
  CHECK(table.name(1) == "sub/b.png");
  CHECK(table.line(0) == 2);
  CHECK(table.line(1) == 3);
  REQUIRE(table.boxes(0).size() == 1);
  CHECK(table.boxes(0)[0] == Box{81, 88, 522, 408});
  CHECK(table.boxes(1)[0] == Box{1.5F, 2, 5.75F, 5});
  CHECK(table.numbers(0).empty());
  CHECK(table.box_units() == BoxUnits::kPixels);
}

TEST_CASE("the table knows the order in which the file gives the labels") {
  const auto table = read("image,h,w,x,y,score\na.jpg,320,441,81,88,0.5\n");
  CHECK(table.boxes(0)[0] == Box{81, 88, 522, 408});
  CHECK(table.numbers(0)[0] == 0.5F);
  const auto& layout = table.label_layout();
  CHECK(layout.box_format == BoxFormat::kXYHW);
  CHECK(layout.columns == std::vector<CsvColumn>{{"h", ColumnRole::kBox, 2},
                                                 {"w", ColumnRole::kBox, 3},
                                                 {"x", ColumnRole::kBox, 0},
                                                 {"y", ColumnRole::kBox, 1},
                                                 {"score", ColumnRole::kNumber, 0}});
}

TEST_CASE("any other columns are plain numbers") {
  const auto table = read("file,age,height_cm,price\na.jpg,1,-2.5,3e2\n");
  CHECK(table.numbers(0).to_vector() == std::vector<float>{1, -2.5F, 300});
  CHECK(table.boxes(0).empty());
  CHECK(table.label_layout().columns.size() == 3);
}

TEST_CASE("a missing file and what is no file") {
  testing::TemporaryFolder folder;
  CHECK_THROWS_WITH(read_csv(folder / "no.csv"), ContainsSubstring("No such file") && ContainsSubstring("no.csv"));
  CHECK_THROWS_WITH(read_csv(folder.path().string()), ContainsSubstring("a directory"));
}

TEST_CASE("a failed read is never taken for the end") {
  testing::TemporaryFolder folder;
  std::string text = "image,x\n";
  while (text.size() < (std::size_t{3} << 20)) text += std::string(200, 'n') + ",1\n";
  const auto path = folder.write("data.csv", text);
  int failures = 0;
  for (int n = 1;; ++n) {
    const testing::FailingRead failing(n, EIO);
    try {
      const auto table = read_csv(path, CsvOptions().threads(2));
      CHECK_FALSE(failing.has_failed());
      break;
    } catch (const Error& error) {
      ++failures;
      CHECK(error.reason() == Reason::kIoRead);
      CHECK_THAT(error.what(), ContainsSubstring("at byte"));
    }
  }
  CHECK(failures >= 4);
  const testing::FailingRead interrupted(2, EINTR);
  CHECK(read_csv(path, CsvOptions().threads(1)).size() > 15'000);
}

TEST_CASE("files without rows") {
  CHECK(refusal("").reason() == Reason::kEmptyFile);
  CHECK(refusal("\n\n").reason() == Reason::kEmptyFile);
  const auto error = refusal("image,x,y,h,w\n");
  CHECK(error.reason() == Reason::kEmptyFile);
  CHECK(message_of(error) == "data.csv: expected rows, got none below the header");
  CHECK(read("image,x,y,h,w\n", CsvOptions().allow_empty(true)).empty());
  CHECK(read("", CsvOptions().allow_empty(true).header(false)).empty());
  CHECK(refusal("", CsvOptions().allow_empty(true)).reason() == Reason::kEmptyFile);
}

TEST_CASE("byte order marks, other encodings") {
  CHECK(read("\xEF\xBB\xBFimage,x,y,h,w\na.jpg,1,2,3,4\n").boxes(0)[0] == Box{1, 2, 5, 5});
  CHECK(refusal(std::string("\xFF\xFEi\0m\0", 6)).reason() == Reason::kEncoding);
  CHECK(refusal(std::string("\xFE\xFF\0i\0m", 6)).reason() == Reason::kEncoding);
  CHECK_THAT(refusal(std::string("\xFF\xFEi\0", 4)).what(), ContainsSubstring("save the file as UTF-8"));
  const auto error = refusal(std::string("image,x,y,h,w\na.jpg,1,2,3,4\nb\0.jpg,1,2,3,4\n", 43));
  CHECK(error.reason() == Reason::kEncoding);
  CHECK(error.line() == 3);
}

TEST_CASE("line ends") {
  CHECK(read("image,x,y,h,w\r\na.jpg,1,2,3,4\r\nb.jpg,5,6,7,8\n").boxes(1)[0] == Box{5, 6, 13, 13});
  const auto error = refusal("image,x,y,h,w\na.jpg,1,2,3,4\rb.jpg,5,6,7,8\r");
  CHECK(error.reason() == Reason::kLineEndings);
  CHECK(error.line() == 2);
}

TEST_CASE("no newline at the end") { CHECK(read("image,x,y,h,w\na.jpg,1,2,3,4").boxes(0)[0] == Box{1, 2, 5, 5}); }

TEST_CASE("58 MiB without a newline at the end, and the same table for any number of threads") {
  testing::TemporaryFolder folder;
  const std::string name = std::string(110, 'n');
  std::string text = "image,x,y,h,w\n";
  std::size_t rows = 0;
  for (; text.size() < (std::size_t{58} << 20); ++rows) {
    text += name + std::to_string(rows) + ".jpg," + std::to_string(rows % 1000) + ",2,3," + std::to_string(rows) + "\n";
  }
  text.pop_back();
  const auto path = folder.write("data.csv", text);
  const auto one = read_csv(path, CsvOptions().threads(1));
  REQUIRE(one.size() == rows);
  CHECK(one.name(rows - 1) == name + std::to_string(rows - 1) + ".jpg");
  CHECK(one.line(rows - 1) == rows + 1);
  CHECK(one.boxes(rows - 1)[0].width() == Approx(rows - 1).margin(0.1));
  CHECK(one == read_csv(path, CsvOptions().threads(3)));
}

TEST_CASE("a line of more than 16 MiB") {
  const auto error = refusal("image,x\na.jpg,1\n" + std::string((std::size_t{16} << 20) + 10, 'n') + ",2\nb.jpg,3\n");
  CHECK(error.reason() == Reason::kLineTooLong);
  CHECK(error.line() == 3);
}

TEST_CASE("quotes") {
  const auto table = read("image,\"x\",y,h,w\n\"a, \"\"b\"\".jpg\" , \"1\",2,3,4\n\" c.jpg\",1,2,3,4\n");
  CHECK(table.name(0) == "a, \"b\".jpg");
  CHECK(table.name(1) == " c.jpg");
  CHECK(table.boxes(0)[0].xmin == 1);
}

TEST_CASE("a newline inside quotes") {
  const auto error = refusal("image,x\n\"a\nb.jpg\",1\n");
  CHECK(error.reason() == Reason::kQuoteUnclosed);
  CHECK(error.line() == 2);
}

TEST_CASE("text beside quotes") {
  CHECK(refusal("image,x\n\"a\"b,1\n").reason() == Reason::kQuoteGarbage);
  CHECK(refusal("image,x\nb\"a\",1\n").reason() == Reason::kQuoteGarbage);
  CHECK(refusal("image,x\n\"a\" \"b\",1\n").reason() == Reason::kQuoteGarbage);
}

TEST_CASE("too few and too many columns") {
  const auto few = refusal("image,x,y,h,w\na.jpg,1,2,3,4\nb.jpg,1,2,3\n");
  CHECK(few.reason() == Reason::kColumnCount);
  CHECK(few.line() == 3);
  CHECK(message_of(few) == "data.csv:3: expected 5 columns, got 4");
  CHECK(message_of(refusal("image,x,y,h,w\na.jpg,1,2,3,4,,7\n")) == "data.csv:2: expected 5 columns, got 7");
}

TEST_CASE("the header's names, in any order and case") {
  const auto table = read("W,Image,Y,H,X\n4,a.jpg,2,3,1\n", CsvOptions().image("image"));
  CHECK(table.boxes(0)[0] == Box{1, 2, 5, 5});
  CHECK(table.name(0) == "a.jpg");
  const auto twice = refusal("image,x,y,h,x\na.jpg,1,2,3,4\n");
  CHECK(twice.reason() == Reason::kHeader);
  CHECK_THAT(twice.what(), ContainsSubstring("\"x\" in columns 2 and 5"));
  const auto missing = refusal("image,x,y,h,wdth\na.jpg,1,2,3,4\n");
  CHECK(missing.reason() == Reason::kHeader);
  CHECK_THAT(missing.what(), ContainsSubstring("a column \"w\"") && ContainsSubstring("did you mean \"wdth\"?"));
  const auto named = refusal("image,x,y\na.jpg,1,2\n", CsvOptions().image("imagge"));
  CHECK_THAT(named.what(), ContainsSubstring("did you mean \"image\"?"));
}

TEST_CASE("decimal commas and other separators") {
  const auto semicolons = CsvOptions().separator(';');
  const auto comma = refusal("image;x;y;h;w\na.jpg;1,5;2;3;4\n", semicolons);
  CHECK(comma.reason() == Reason::kBadNumber);
  CHECK_THAT(comma.what(), ContainsSubstring("got \"1,5\" (numbers are written with a decimal point)"));
  CHECK(read("image;x;y;h;w\na.jpg;1;2;3;4\n", semicolons).boxes(0)[0] == Box{1, 2, 5, 5});
  CHECK(read("image\tx\ty\th\tw\na b.jpg\t1\t2\t3\t4\n", CsvOptions().separator('\t')).name(0) == "a b.jpg");
  CHECK_THAT(refusal("image;x;y;h;w\na.jpg;1;2;3;4\n").what(), ContainsSubstring("separator(';')"));
  CHECK_THAT(refusal("image\tx\na.jpg\t1\n").what(), ContainsSubstring("separator('\\t')"));
  CHECK_THROWS_AS(read("image,x\na.jpg,1\n", CsvOptions().separator('|')), std::invalid_argument);
}

TEST_CASE("up to 20 problems are listed in the order of the lines, and all are counted") {
  std::string text = "image,x,y\n";
  for (int i = 0; i < 30; ++i) text += "a.jpg,1," + std::string(i % 2 == 0 ? "bad" : "2") + "\n";
  const auto few = message_of(refusal(text));
  CHECK_THAT(few, ContainsSubstring("data.csv:2: column \"y\" (3)") && ContainsSubstring("data.csv:30: ") &&
                      ContainsSubstring("\n15 problems"));
  CHECK_THAT(message_of(refusal("image,x,y\na.jpg,no,nor\n")),
             ContainsSubstring("got \"no\"\n") && ContainsSubstring("got \"nor\"\n2 problems"));
  for (int i = 0; i < 30; ++i) text += "a.jpg,1,\n";
  const auto many = message_of(refusal(text));
  CHECK_THAT(many, ContainsSubstring("\n45 problems, of which the first 20 are listed"));
  CHECK(std::count(many.begin(), many.end(), '\n') == 20);
}

TEST_CASE("a wrong class in front of many wrong numbers is the first problem") {
  std::string text = "image,class,x\na.jpg,cow,1\n";
  for (int i = 0; i < 25; ++i) text += "a.jpg,cat,bad\n";
  text += "b.jpg,hen,1\n";
  const auto error = refusal(text, CsvOptions().class_names({"cat"}));
  CHECK(error.reason() == Reason::kClassRange);
  CHECK(error.line() == 2);
  const auto message = message_of(error);
  CHECK_THAT(message, ContainsSubstring("data.csv:21: ") && !ContainsSubstring("data.csv:22: ") &&
                          ContainsSubstring("\n27 problems, of which the first 20 are listed"));
}

TEST_CASE("problems far behind in a file are named with their lines, and no more than 20 of them") {
  testing::TemporaryFolder folder;
  std::string text = "image,x\n";
  const std::string name(200, 'n');
  std::size_t line = 1, late = 0;
  for (; text.size() < (std::size_t{3} << 20); ++line) {
    const bool is_late = text.size() > (std::size_t{5} << 19);
    if (is_late && late == 0) late = line + 1;
    text += name + (line <= 15 || (is_late && line < late + 14) ? ",bad\n" : ",1\n");
  }
  const auto path = folder.write("data.csv", text);
  for (const std::size_t threads : {1U, 2U}) {
    std::string message;
    try {
      read_csv(path, CsvOptions().threads(threads));
    } catch (const AnnotationError& error) {
      message = message_of(error);
    }
    CHECK_THAT(message, ContainsSubstring("data.csv:16: ") && ContainsSubstring("data.csv:" + std::to_string(late)) &&
                            ContainsSubstring("data.csv:" + std::to_string(late + 4)) &&
                            !ContainsSubstring("data.csv:" + std::to_string(late + 5)) &&
                            ContainsSubstring("\n30 problems, of which the first 20 are listed"));
  }
}

TEST_CASE("blank lines do not count as rows") {
  const auto table = read("\nimage,x,y,h,w\n\na.jpg,1,2,3,4\n  \nb.jpg,1,2,3,4\n\n");
  REQUIRE(table.size() == 2);
  CHECK(table.line(0) == 4);
  CHECK(table.line(1) == 6);
}

TEST_CASE("a CSV without a header") {
  const auto boxes = CsvOptions().header(false).labels_as(ColumnRole::kBox);
  const auto table = read("a.jpg,81,88,320,441\n", boxes);
  CHECK(table.boxes(0)[0] == Box{81, 88, 522, 408});
  CHECK(table.line(0) == 1);
  CHECK(message_of(refusal("a.jpg,81,88,320,x\n", boxes)) == "data.csv:1: column 5: expected a number, got \"x\"");
  CHECK(refusal("a.jpg,81,88,320,441\n", CsvOptions().header(false)).reason() == Reason::kAmbiguous);
  const auto forgotten = refusal("a.jpg,81,88,320,441\nb.jpg,1,2,3,4\n");
  CHECK(forgotten.reason() == Reason::kHeader);
  CHECK_THAT(forgotten.what(), ContainsSubstring("header(false)"));
}

TEST_CASE("rows without a cell are blank lines, and empty cells behind the last column do not count") {
  const auto table = read("image,x,y,h,w\r\na.jpg,1,2,3,4\r\n,,,,\r\n\"\",,,,\r\n,,\r\nb.jpg,5,6,7,8,,\r\n,,,,\r\n");
  REQUIRE(table.size() == 2);
  CHECK(table.name(1) == "b.jpg");
  CHECK(table.line(1) == 6);
  CHECK(table.boxes(1)[0] == Box{5, 6, 13, 13});
  const auto commas = read("image,x,y,h,w,,,\na.jpg,1,2,3,4,,,\nb.jpg,5,6,7,8\n");
  REQUIRE(commas.size() == 2);
  CHECK(commas.boxes(1)[0] == Box{5, 6, 13, 13});
  CHECK(refusal("image,x,y,h,w\n,1,,,\n").reason() == Reason::kEmptyCell);
}

TEST_CASE("the folder of an image is its split where no column says it, in any block") {
  const auto table =
      read("image,x,y,h,w\na.jpg,1,2,3,4\nset/train/b.jpg,1,2,3,4\nset\\val\\c.jpg,1,2,3,4\nd.jpg,1,2,3,4\n");
  CHECK(table.split(0).empty());
  CHECK(table.split(1) == "train");
  CHECK(table.split(2) == "val");
  CHECK(table.split(3).empty());
  CHECK(read("image,split,a\nval/a.jpg,train,1\n").split(0) == "train");
  testing::TemporaryFolder folder;
  std::string text = "image,x\n";
  const std::string name(200, 'n');
  std::size_t rows = 0;
  for (; text.size() < (std::size_t{4} << 20); ++rows) {
    const std::string front = text.size() < (std::size_t{2} << 20) ? "" : rows % 2 == 0 ? "train/" : "val/";
    text += front + name + std::to_string(rows) + ",1\n";
  }
  const auto large = read_csv(folder.write("d.csv", text), CsvOptions().threads(2));
  REQUIRE(large.size() == rows);
  std::size_t wrong = 0, said = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    wrong += large.split(i) != split_of_path(large.name(i));
    said += !large.split(i).empty();
  }
  CHECK(wrong == 0);
  CHECK(said > rows / 3);
}
