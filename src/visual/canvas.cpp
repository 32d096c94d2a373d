#include "visual/canvas.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <stdexcept>

namespace boxfeed {
namespace {

constexpr int kFont = cv::FONT_HERSHEY_SIMPLEX;
constexpr double kFontScale = 0.42;
/// Below this, letters run together.
constexpr double kSmallestScale = 0.75;

int stroke(double scale) { return scaled(1, scale); }

}  // namespace

cv::Mat rgb_copy(const cv::Mat& image) {
  if (image.empty() || (image.type() != CV_8UC1 && image.type() != CV_8UC3)) {
    throw std::invalid_argument("expected an image of 8 bits with 1 or 3 channels, got " +
                                cv::typeToString(image.type()) + " of " + std::to_string(image.rows) + " × " +
                                std::to_string(image.cols));
  }
  cv::Mat copy;
  if (image.channels() == 1) {
    cv::cvtColor(image, copy, cv::COLOR_GRAY2RGB);
  } else {
    image.copyTo(copy);
  }
  return copy;
}

double scale_of(cv::Size picture) {
  const double fit = std::min(picture.height / 300.0, picture.width / 400.0);
  return fit < 1 ? std::max(fit, kSmallestScale) : std::max(1.0, fit / 1.5);
}

int scaled(double pixels, double scale) { return std::max(1, static_cast<int>(std::lround(pixels * scale))); }

int line_width_on(cv::Size image) {
  const int side = std::min(image.width, image.height);
  return std::max(side / 200, side < 128 ? 1 : 2);
}

cv::Size text_size(const std::string& text, double scale) {
  int baseline = 0;
  const cv::Size size = cv::getTextSize(text, kFont, kFontScale * scale, stroke(scale), &baseline);
  return {size.width, size.height + baseline};
}

void draw_text(cv::Mat& image, const std::string& text, cv::Point corner, Color color, double scale) {
  int baseline = 0;
  const cv::Size size = cv::getTextSize(text, kFont, kFontScale * scale, stroke(scale), &baseline);
  cv::putText(image, text, {corner.x, corner.y + size.height}, kFont, kFontScale * scale, scalar(color), stroke(scale),
              cv::LINE_AA);
}

std::string shortened(std::string text, int width, double scale) {
  if (text_size(text, scale).width <= width) return text;
  while (!text.empty() && text_size(text + "..", scale).width > width) text.pop_back();
  return text.empty() ? text : text + "..";
}

Color ink_on(Color ground) {
  const double brightness = 0.299 * ground[0] + 0.587 * ground[1] + 0.114 * ground[2];
  return brightness > 128 ? Color{0, 0, 0} : Color{255, 255, 255};
}

}  // namespace boxfeed
