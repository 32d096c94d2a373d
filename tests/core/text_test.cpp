#include "core/text.h"

#include <boxfeed/core/error.h>

#include <string>
#include <vector>

#include "support/catch.h"
#include "support/temporary_folder.h"

using namespace boxfeed;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("a text is read without its byte order mark, and other encodings are told") {
  testing::TemporaryFolder folder;
  CHECK(read_text(folder.write("a.txt", "\xEF\xBB\xBFraccoon\n"), 100) == "raccoon\n");
  CHECK(read_text(folder.write("a.txt", ""), 100).empty());
  CHECK(read_text(folder.write("a.txt", "x\xEF\xBB\xBF"), 100) == "x\xEF\xBB\xBF");
  for (const auto& text : {std::string("\xFF\xFEr\0", 4), std::string("\xFE\xFF\0r", 4),
                           std::string("\0\0\xFE\xFF\0\0\0r", 8), std::string("\xFF\xFE\0\0r\0\0\0", 8)}) {
    CHECK_THROWS_WITH(read_text(folder.write("a.txt", text), 100),
                      ContainsSubstring("got UTF-16 or UTF-32: save the file as UTF-8"));
  }
  CHECK_THROWS_WITH(read_text(folder.write("a.txt", std::string("r\0a\0", 4)), 100),
                    ContainsSubstring("got a byte 0, as in UTF-16 or in a damaged file: save the file as UTF-8"));
  CHECK_THROWS_AS(read_text(folder.write("a.txt", "12345"), 4), Error);
}

TEST_CASE("lines and blanks") {
  CHECK(lines_of("a \r\n\n\tb\t\nc") == std::vector<std::string_view>{"a", "", "\tb", "c"});
  CHECK(lines_of("").empty());
  CHECK(lines_of("\n") == std::vector<std::string_view>{""});
  CHECK(trimmed(" \t a b\r\n") == "a b");
  CHECK(trimmed("  ").empty());
  CHECK(to_lower("A\xC3\x84z[") == "a\xC3\x84z[");
  CHECK(counted(1, "image") == "1 image");
  CHECK(counted(0, "image") == "0 images");
}

TEST_CASE("letters are taken apart from their marks") {
  CHECK(decomposed("plain") == "plain");
  CHECK(decomposed("\xC3\x84") == "A\xCC\x88");
  CHECK(decomposed("A\xCC\x88") == "A\xCC\x88");
  CHECK(decomposed("\xE1\xBB\x87") == "e\xCC\xA3\xCC\x82");         // ệ, two marks
  CHECK(decomposed("\xD0\xB9") == "\xD0\xB8\xCC\x86");              // й
  CHECK(decomposed("\xE3\x81\x8C") == "\xE3\x81\x8B\xE3\x82\x99");  // が
  CHECK(decomposed("\xED\x95\x9C\xEA\xB8\x80") ==                   // 한글
        "\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB\xE1\x84\x80\xE1\x85\xB3\xE1\x86\xAF");
  CHECK(decomposed("\xF0\x9F\xA6\x9D \xC3 \xE3\x81") ==
        "\xF0\x9F\xA6\x9D \xC3 \xE3\x81");  // others, and what is no UTF-8
}

TEST_CASE("letters with marks become letters and marks, also where they have several") {
  CHECK(decomposed("W\xC3\xA4sche.jpg") == "Wa\xCC\x88sche.jpg");
  CHECK(decomposed("\xC3\x85") == "A\xCC\x8A");
  CHECK(decomposed("\xC7\x98") == "u\xCC\x88\xCC\x81");                         // u, diaeresis, acute
  CHECK(decomposed("\xE1\xBA\xA4") == "A\xCC\x82\xCC\x81");                     // A, circumflex, acute
  CHECK(decomposed("\xD0\x99") == "\xD0\x98\xCC\x86");                          // Cyrillic short I
  CHECK(decomposed("\xE3\x81\x8C") == "\xE3\x81\x8B\xE3\x82\x99");              // Hiragana ga
  CHECK(decomposed("\xEB\x84\x88") == "\xE1\x84\x82\xE1\x85\xA5");              // Hangul of two
  CHECK(decomposed("\xEA\xB0\x81") == "\xE1\x84\x80\xE1\x85\xA1\xE1\x86\xA8");  // and of three
}

TEST_CASE("what has no other form or is no UTF-8 stays as it is") {
  for (const std::string text :
       {"", "plain.jpg", "a\xCC\x88", "\xE4\xB8\xAD", "\xF0\x9F\x98\x80", "\xC3", "\xE1\xBA", "\xFF\x80", "\xC3("}) {
    CAPTURE(text);
    CHECK(decomposed(text) == text);
  }
}
