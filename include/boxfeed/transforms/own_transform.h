#pragma once

#include <boxfeed/transforms/transform.h>

#include <functional>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <string>
#include <utility>

namespace boxfeed::transforms {

/// A user's geometric transform: a function that returns where the plane goes.
///
/// ```cpp
/// OwnGeometry half("Half", [](const SampleGeometry& sample, Random&) {
///   return DrawnMap{PlaneMap::scale(0.5, 0.5), {sample.size.height / 2, sample.size.width / 2}, {}};
/// });
/// ```
///
/// Requires: the function may be called from several threads, and draws from the `Random` it is given only.
class OwnGeometry {
 public:
  using Function = std::function<std::optional<DrawnMap>(const SampleGeometry&, Random&)>;
  OwnGeometry(std::string name, Function function) : name_(std::move(name)), function_(std::move(function)) {}
  const std::string& name() const noexcept { return name_; }
  std::optional<DrawnMap> draw(const SampleGeometry& sample, Random& random) const { return function_(sample, random); }

 private:
  std::string name_;
  Function function_;
};

/// A user's color transform: a function on the pixels, RGB or gray, at their final size. They have 8 bits; floats
/// where images are decoded to floats (from 0 to 255) or a `Normalize` went before.
///
/// ```cpp
/// OwnColor invert("Invert", [](cv::Mat& image, Random&) { cv::bitwise_not(image, image); });
/// ```
///
/// Requires: the function may be called from several threads, and draws from the `Random` it is given only.
class OwnColor {
 public:
  using Function = std::function<void(cv::Mat&, Random&)>;
  OwnColor(std::string name, Function function) : name_(std::move(name)), function_(std::move(function)) {}
  const std::string& name() const noexcept { return name_; }
  std::optional<DrawnColor> draw(Random& random) const;

 private:
  std::string name_;
  Function function_;
};

}  // namespace boxfeed::transforms
