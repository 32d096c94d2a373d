#pragma once

#include <boxfeed/core/random.h>
#include <boxfeed/transforms/field_visitor.h>

#include <cmath>

namespace boxfeed::transforms {

/// Uniform in the range; nothing is drawn from a range of one value.
inline double drawn_from(Range range, Random& random) {
  return range.low == range.high ? range.low : random.uniform(range.low, range.high);
}

/// Between the ends of the range, its logarithm uniform.
inline double drawn_ratio(Range ratio, Random& random) {
  return std::exp(drawn_from({std::log(ratio.low), std::log(ratio.high)}, random));
}

}  // namespace boxfeed::transforms
