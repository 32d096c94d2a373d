#include "core/unicode.h"

#include "support/catch.h"

using boxfeed::decomposed;

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
