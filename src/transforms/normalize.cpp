#include <boxfeed/transforms/normalize.h>

#include <cmath>
#include <stdexcept>
#include <string>

#include "transforms/checks.h"
#include "transforms/color_kernels.h"

namespace boxfeed::transforms {

std::optional<DrawnColor> Normalize::draw(Random&) const {
  DrawnColor drawn;
  drawn.function = [mean = mean_, deviation = std_](cv::Mat& image) {
    check_pixels(kName, image);
    const auto of = [](const std::vector<double>& values, int channel) {
      return values[values.size() == 1 ? 0 : static_cast<std::size_t>(channel)];
    };
    const int channels = image.channels();
    cv::Mat out(image.size(), CV_32FC(channels));
    for (int c = 0; c < channels; ++c) {
      const auto m = static_cast<float>(of(mean, c)), d = static_cast<float>(of(deviation, c));
      for (int y = 0; y < image.rows; ++y) {
        const auto* from = image.ptr<std::uint8_t>(y) + c;
        auto* to = out.ptr<float>(y) + c;
        for (int x = 0; x < image.cols * channels; x += channels) to[x] = (static_cast<float>(from[x]) / 255 - m) / d;
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
