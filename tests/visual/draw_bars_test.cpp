#include <boxfeed/visual/draw_bars.h>

#include <stdexcept>

#include "support/catch.h"
#include "visual/pixels.h"

using boxfeed::BarOptions;
using boxfeed::draw_bars;

namespace {

const BarOptions kRedBars = BarOptions().color({255, 0, 0});

/// The lengths of the red bars from top to bottom.
std::vector<int> lengths(const cv::Mat& image) {
  std::vector<int> out;
  bool was_bar = false;
  for (int y = 0; y < image.rows; ++y) {
    const int length = count(image.row(y), kRed);
    if (length > 0 && !was_bar) out.push_back(length);
    was_bar = length > 0;
  }
  return out;
}

}  // namespace

TEST_CASE("bars are as long as their counts, in the given order") {
  const auto bars = lengths(draw_bars({{"cat", 50}, {"dog", 100}, {"none", 0}, {"cow", 25}}, kRedBars));
  REQUIRE(bars.size() == 3);
  CHECK(bars[1] > 200);
  CHECK(bars[0] == Approx(0.5 * bars[1]).margin(1));
  CHECK(bars[2] == Approx(0.25 * bars[1]).margin(1));
}

TEST_CASE("more bars than there is room for, long names, nothing at all") {
  std::vector<std::pair<std::string, std::size_t>> many(100, {std::string(300, 'x'), 7});
  const auto bars = lengths(draw_bars(many, kRedBars));
  CHECK(bars.size() == 12);  // (300 - 40) / 20 lines, the last of which is words
  CHECK(bars[0] > 100);
  CHECK(lengths(draw_bars({}, kRedBars)).empty());
  CHECK_THROWS_AS(draw_bars({}, BarOptions().image_size({10, 10})), std::invalid_argument);
}
