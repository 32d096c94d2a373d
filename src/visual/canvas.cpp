#include "visual/canvas.h"

#include <opencv2/imgproc.hpp>
#include <stdexcept>

namespace boxfeed {
namespace {

constexpr int kFont = cv::FONT_HERSHEY_SIMPLEX;
constexpr double kFontScale = 0.42;

}  // namespace

cv::Mat rgb_copy(const cv::Mat& image) {
  if (image.empty() || (image.type() != CV_8UC1 && image.type() != CV_8UC3)) {
    throw std::invalid_argument("expected an image of 8 bits with 1 or 3 channels, got " +
                                cv::typeToString(image.type()) + " of " + std::to_string(image.rows) + " x " +
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

cv::Size text_size(const std::string& text) {
  int baseline = 0;
  const cv::Size size = cv::getTextSize(text, kFont, kFontScale, 1, &baseline);
  return {size.width, size.height + baseline};
}

void draw_text(cv::Mat& image, const std::string& text, cv::Point corner, Color color) {
  int baseline = 0;
  const cv::Size size = cv::getTextSize(text, kFont, kFontScale, 1, &baseline);
  cv::putText(image, text, {corner.x, corner.y + size.height}, kFont, kFontScale, scalar(color), 1, cv::LINE_AA);
}

}  // namespace boxfeed
