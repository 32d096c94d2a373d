// A number of any bytes is read or refused. What is read is what the C library reads, and survives being written.
#include <cmath>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "core/number_text.h"
#include "fuzz/fuzz.h"

BOXFEED_FUZZ(number) {
  using namespace boxfeed;
  const std::string text(reinterpret_cast<const char*>(data), size);
  float value = 0;
  if (const auto reason = parse_number(text, value)) {
    if (number_problem(*reason, text).empty()) throw std::logic_error("a refusal without a word");
    return;
  }
  if (!std::isfinite(value)) throw std::logic_error("a number that is not finite");
  char* end = nullptr;
  const float expected = std::strtof(text.c_str(), &end);
  if (end != text.c_str() + text.size()) throw std::logic_error("the C library reads less of it");
  // Below the smallest normal float, what is too small may be 0.
  if (value != expected && !(value == 0 && std::abs(expected) < 1.2e-38F)) throw std::logic_error("another value");
  float again = 0;
  if (parse_number(float_text(value), again) || again != value) throw std::logic_error("written and read otherwise");
}
