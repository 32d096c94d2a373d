#include <boxfeed/core/error.h>

#include <set>
#include <string>

#include "support/catch.h"

using boxfeed::Reason;

TEST_CASE("a CSV error names file and line") {
  const boxfeed::AnnotationError error(Reason::kBadNumber, "data.csv", 17,
                                       R"(column "w" (5): expected a number, got "12px")");
  CHECK(std::string(error.what()) == "data.csv:17: column \"w\" (5): expected a number, got \"12px\"");
  CHECK(error.line() == 17);
  CHECK(error.path() == "data.csv");
  CHECK(error.reason() == Reason::kBadNumber);
}

TEST_CASE("a CSV error about the whole file names no line") {
  CHECK(std::string(boxfeed::AnnotationError(Reason::kEmptyFile, "data.csv", 0, "no rows").what()) ==
        "data.csv: no rows");
}

TEST_CASE("an image error learns the place of its example") {
  const boxfeed::ImageError error(Reason::kTruncated, "images/a.jpg", "the file ends early");
  CHECK_FALSE(error.place().has_value());
  const auto placed = error.at({"data.csv", 17, 15});
  CHECK(std::string(placed.what()) == "data.csv:17 (example 15): image \"images/a.jpg\": the file ends early");
  REQUIRE(placed.place().has_value());
  CHECK(placed.place()->line == 17);
  CHECK(placed.place()->index == 15);
  CHECK(placed.reason() == Reason::kTruncated);
  CHECK(placed.path() == "images/a.jpg");
}

TEST_CASE("every reason has a name of its own") {
  std::set<std::string> names;
  for (int i = 0; i <= static_cast<int>(Reason::kErrorBudget); ++i) names.insert(reason_name(static_cast<Reason>(i)));
  CHECK(names.size() == static_cast<std::size_t>(Reason::kErrorBudget) + 1);
  CHECK(names.count("unknown") == 0);
  CHECK(names.count("bad_number") == 1);
}

TEST_CASE("quoted text stays on one line and in UTF-8") {
  CHECK(boxfeed::quoted("plain") == "\"plain\"");
  CHECK(boxfeed::quoted("a\"b\\c\nd") == "\"a\\\"b\\\\c\\x0ad\"");
  CHECK(boxfeed::quoted("Äpfel 猫 🦝") == "\"Äpfel 猫 🦝\"");
  CHECK(boxfeed::quoted("\xC0\x80 \xED\xA0\x80 \xFF") == "\"\\xc0\\x80 \\xed\\xa0\\x80 \\xff\"");
  const auto long_text = boxfeed::quoted(std::string(1000, 'x'));
  CHECK(long_text.size() < 210);
  CHECK(long_text.substr(long_text.size() - 5) == "x…\"");
}

TEST_CASE(
    "quoted text escapes the first byte of a letter that is not finished, and keeps the smallest of three bytes") {
  CHECK(boxfeed::quoted("\xC4pfel") == "\"\\xc4pfel\"");
  CHECK(boxfeed::quoted("\xE0\xA4\x85") == "\"\xE0\xA4\x85\"");
  CHECK(boxfeed::quoted("\xE0\x9F\xBF") == "\"\\xe0\\x9f\\xbf\"");
}

TEST_CASE("an annotation error keeps what is wrong as a value") {
  const boxfeed::AnnotationError error({Reason::kOutside, "a.csv", 3, "b.jpg", "expected less"});
  CHECK(std::string(error.what()) == "a.csv:3: expected less");
  CHECK(error.problem().image == "b.jpg");
  CHECK(error.problem().text == "expected less");
  CHECK(error.problem().place() == "a.csv:3");
}

TEST_CASE("quoted text shows marks that nobody sees") {
  CHECK(boxfeed::quoted("\xEF\xBB\xBFraccoon") == "\"\\xef\\xbb\\xbfraccoon\"");
  CHECK(boxfeed::quoted("a\xE2\x80\x8B") == "\"a\\xe2\\x80\\x8b\"");
  CHECK(boxfeed::quoted("\xC2\x85\xC2\xAD") == "\"\\xc2\\x85\\xc2\\xad\"");
  // NOLINTNEXTLINE(misc-misleading-bidirectional)
  CHECK(boxfeed::quoted("\xE2\x80\xAE") == "\"\\xe2\\x80\\xae\"");
  CHECK(boxfeed::quoted("\xC2\xA0\xE2\x80\x93") == "\"\xC2\xA0\xE2\x80\x93\"");
}

TEST_CASE("a place without a line has none in messages") {
  const boxfeed::ImageError error(Reason::kTruncated, "a.jpg", "ends early");
  CHECK(std::string(error.at({"a.json", 0, 3}).what()) == "a.json (example 3): image \"a.jpg\": ends early");
}
