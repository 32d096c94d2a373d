#include "core/number_text.h"

#include <clocale>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>

#include "support/catch.h"

using namespace boxfeed;

namespace {

float value_of(const std::string& text) {
  float value = -1;
  INFO(text);
  REQUIRE_FALSE(parse_number(text, value));
  return value;
}

}  // namespace

TEST_CASE("numbers are correctly rounded") {
  for (const auto* text : {"0.1", "0.3", "123.456", "16777217", "16777219", "8388609.5", "0.000001", "9.999999e10",
                           "33554435", "1.17549435e-38", "3.4028235e38", "0.0000000001", "1234567.891", "16777216"}) {
    CHECK(value_of(text) == std::strtof(text, nullptr));
  }
  CHECK(value_of("-0.5") == -0.5F);
  CHECK(value_of(".5") == 0.5F);
  CHECK(value_of("5.") == 5);
}

TEST_CASE("what is written is read again") {
  std::uint32_t bits = 12345;
  for (int i = 0; i < 20000; ++i) {
    bits = bits * 1664525U + 1013904223U;
    float value = 0;
    std::memcpy(&value, &bits, sizeof value);
    if (!(value - value == 0)) continue;
    CHECK(value_of(float_text(value)) == value);
  }
}

TEST_CASE("short decimals agree with the standard library's reading") {
  std::uint32_t state = 1;
  const auto next = [&](std::uint32_t bound) { return (state = state * 1664525U + 1013904223U) / 65536 % bound; };
  for (int i = 0; i < 20000; ++i) {
    const std::string text = std::to_string(next(50000)) + "." + std::to_string(next(1000)).substr(0, next(3) + 1);
    CHECK(value_of(text) == std::strtof(text.c_str(), nullptr));
  }
}

TEST_CASE("out of range above, zero below, however large the exponent") {
  float value = 0;
  CHECK(parse_number("1e400", value) == Reason::kOutOfRange);
  CHECK(parse_number("-1e39", value) == Reason::kOutOfRange);
  CHECK(parse_number("1e99999999999", value) == Reason::kOutOfRange);
  CHECK(parse_number(std::string(400, '9'), value) == Reason::kOutOfRange);
  CHECK(value_of("1e-99999999999") == 0);
  CHECK(value_of("0." + std::string(400, '0') + "1") == 0);
  CHECK(value_of("1e-60") == 0);
  CHECK(value_of("0e999999") == 0);
  CHECK(value_of("0." + std::string(400, '3')) == 1.0F / 3);
}

TEST_CASE("the locale changes nothing") {
  const std::string before = std::setlocale(LC_NUMERIC, nullptr);
  for (const auto* name : {"de_DE.UTF-8", "de_DE", "C.UTF-8"}) {
    if (std::setlocale(LC_NUMERIC, name) == nullptr) continue;
    CHECK(value_of("1.5") == 1.5F);
    CHECK(value_of("123456.78125") == 123456.78125F);
    CHECK(float_text(1.5F) == "1.5");
  }
  std::setlocale(LC_NUMERIC, before.c_str());
}

TEST_CASE("a number that is written with many zeros is not too small for its exponent") {
  const std::string zeros(50, '0');
  CHECK(value_of("0." + zeros + "1e51") == 1);
  CHECK(value_of("0." + zeros + "1e3") == 0);
  float value = 0;
  CHECK(parse_number("0." + zeros + "1e99", value) == Reason::kOutOfRange);
  CHECK(parse_number("1" + zeros, value) == Reason::kOutOfRange);
}

TEST_CASE("what is a number") {
  for (const auto* text : {"0", "-1.5", ".5", "1e3"}) CHECK(is_number(text));
  for (const auto* text : {"", "-", "nan", "1px", "1,5", "inf"}) CHECK_FALSE(is_number(text));
}

TEST_CASE("bytes as they stand in messages") {
  CHECK(bytes_text(0) == "0 kB");
  CHECK(bytes_text(2'600) == "3 kB");
  CHECK(bytes_text(999'999) == "1000 kB");
  CHECK(bytes_text(1'000'000) == "1 MB");
  CHECK(bytes_text(999'499'999) == "999 MB");
  CHECK(bytes_text(999'500'000) == "1.0 GB");
  CHECK(bytes_text(12'340'000'000) == "12.3 GB");
}
