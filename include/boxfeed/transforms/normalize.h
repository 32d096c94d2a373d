#pragma once

#include <boxfeed/core/arg.h>
#include <boxfeed/transforms/transform.h>

#include <optional>
#include <vector>

namespace boxfeed::transforms {

/// Makes floats of the pixels: (value / 255 - mean) / std, of each channel. Nothing that needs 8 bits can follow.
class Normalize {
  /// One number for each channel, or one for all.
  BOXFEED_ARG(std::vector<double>, mean) = std::vector<double>{0.0};
  BOXFEED_ARG(std::vector<double>, std) = std::vector<double>{1.0};

 public:
  static constexpr const char* kName = "Normalize";
  Normalize() = default;
  Normalize(std::vector<double> mean, std::vector<double> std) : mean_(std::move(mean)), std_(std::move(std)) {}
  std::optional<DrawnColor> draw(Random& random) const;
  void check() const;
  void fields(FieldVisitor& visitor);
};

}  // namespace boxfeed::transforms
