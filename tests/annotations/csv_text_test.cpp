#include "annotations/csv_text.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "support/catch.h"
#include "support/temporary_folder.h"

using namespace boxfeed;

namespace {

using Row = std::pair<std::size_t, std::vector<std::string>>;

/// All rows of a file with their lines, and the reasons of the lines that cannot be split.
class Rows : public CsvRowSink {
 public:
  bool row(std::size_t line, Span<std::string_view> cells) override {
    rows.push_back({base + line, {cells.begin(), cells.end()}});
    return true;
  }
  void bad_row(std::size_t line, Reason reason, std::string) override {
    rows.push_back({base + line, {reason_name(reason)}});
  }
  void bad_block(std::size_t line, Reason reason, std::string text) override { bad_row(line, reason, text); }

  std::size_t base = 0;
  std::vector<Row> rows;
};

std::vector<Row> rows_of(const std::string& text, std::size_t block_bytes, char separator = ',') {
  testing::TemporaryFolder folder;
  CsvBlocks blocks(folder.write("d.csv", text), block_bytes);
  CsvBlock block;
  Rows rows;
  while (blocks.next(block)) rows.base += split_rows(block, separator, rows);
  return rows.rows;
}

}  // namespace

TEST_CASE("rows and lines do not depend on where the file is cut") {
  const std::string text =
      "\xEF\xBB\xBFname,\"a \"\"b\"\"\"\r\n\n \"x,y\" , 1\nopen,\"\nc,\"q\"r\n\xEF\xBB\xBFz,,\n , \nlast,2";
  const std::vector<Row> expected{
      {1, {"name", "a \"b\""}},       {3, {"x,y", "1"}}, {4, {"quote_unclosed"}}, {5, {"quote_garbage"}},
      {6, {"\xEF\xBB\xBFz", "", ""}}, {7, {"", ""}},     {8, {"last", "2"}}};
  for (std::size_t bytes = 4; bytes < 90; ++bytes) {
    CAPTURE(bytes);
    CHECK(rows_of(text, bytes) == expected);
  }
}

TEST_CASE("without a newline at the end, at every length of the last block") {
  for (std::size_t bytes = 1; bytes < 20; ++bytes) {
    CAPTURE(bytes);
    CHECK(rows_of("a,1\nbb,22\nccc,333", bytes) ==
          std::vector<Row>{{1, {"a", "1"}}, {2, {"bb", "22"}}, {3, {"ccc", "333"}}});
  }
}

TEST_CASE("a tab is no blank where it separates") {
  CHECK(rows_of("a\t\t b \n", 100, '\t') == std::vector<Row>{{1, {"a", "", "b"}}});
  CHECK(rows_of("\ta\t,\tb\n", 100) == std::vector<Row>{{1, {"a", "b"}}});
  CHECK(rows_of("a;\"b;c\"\n", 100, ';') == std::vector<Row>{{1, {"a", "b;c"}}});
}
