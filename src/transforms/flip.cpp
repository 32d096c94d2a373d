#include <boxfeed/transforms/flip.h>

#include "transforms/checks.h"

namespace boxfeed::transforms {

std::optional<DrawnMap> RandomHorizontalFlip::draw(const SampleGeometry& sample, Random& random) const {
  if (!(double{random.uniform()} < p_)) return std::nullopt;
  return DrawnMap{PlaneMap({-1, 0, static_cast<double>(sample.size.width), 0, 1, 0, 0, 0, 1}), sample.size, {}};
}
void RandomHorizontalFlip::check() const { check_probability("RandomHorizontalFlip: p", p_); }

std::optional<DrawnMap> RandomVerticalFlip::draw(const SampleGeometry& sample, Random& random) const {
  if (!(double{random.uniform()} < p_)) return std::nullopt;
  return DrawnMap{PlaneMap({1, 0, 0, 0, -1, static_cast<double>(sample.size.height), 0, 0, 1}), sample.size, {}};
}
void RandomVerticalFlip::check() const { check_probability("RandomVerticalFlip: p", p_); }

}  // namespace boxfeed::transforms
