#include <boxfeed/transforms/normalize.h>

#include <cmath>
#include <opencv2/core.hpp>
#include <stdexcept>
#include <string>

#include "transforms/checks.h"

namespace boxfeed::transforms {
namespace {

template <typename Value>
void normalize_row(const cv::Mat& image, cv::Mat& out, int y, int channel, float mean, float deviation) {
  const auto* from = image.ptr<Value>(y) + channel;
  auto* to = out.ptr<float>(y) + channel;
  const int channels = image.channels();
  for (int x = 0; x < image.cols * channels; x += channels) {
    to[x] = (static_cast<float>(from[x]) / 255 - mean) / deviation;
  }
}

}  // namespace

std::optional<DrawnColor> Normalize::draw(Random&) const {
  DrawnColor drawn;
  drawn.takes_floats = true;
  drawn.function = [mean = mean_, deviation = std_](cv::Mat& image) {
    const auto of = [](const std::vector<double>& values, int channel) {
      return static_cast<float>(values[values.size() == 1 ? 0 : static_cast<std::size_t>(channel)]);
    };
    cv::Mat out(image.size(), CV_32FC(image.channels()));
    for (int c = 0; c < image.channels(); ++c) {
      for (int y = 0; y < image.rows; ++y) {
        if (image.depth() == CV_8U) {
          normalize_row<std::uint8_t>(image, out, y, c, of(mean, c), of(deviation, c));
        } else {
          normalize_row<float>(image, out, y, c, of(mean, c), of(deviation, c));
        }
      }
    }
    image = out;
  };
  return drawn;
}
void Normalize::check() const {
  for (const auto* values : {&mean_, &std_}) {
    if (values->size() != 1 && values->size() != 3) {
      throw std::invalid_argument("Normalize: expected one number or three, got " + std::to_string(values->size()));
    }
    for (const double value : *values) {
      if (!std::isfinite(value))
        throw std::invalid_argument("Normalize: expected finite numbers, got " + number_text(value));
    }
  }
  for (const double value : std_) {
    if (value == 0) throw std::invalid_argument("Normalize: std: expected no 0, got one");
  }
}
void Normalize::fields(FieldVisitor& visitor) {
  visitor.field("mean", mean_);
  visitor.field("std", std_);
}

}  // namespace boxfeed::transforms
