#pragma once

#include <boxfeed/core/box.h>

#include "support/catch.h"

namespace boxfeed::testing {

/// Each side to 1/10000 of a pixel.
inline void check_box(const Box& box, const Box& expected) {
  CHECK(box.xmin == Approx(expected.xmin).margin(1e-4));
  CHECK(box.ymin == Approx(expected.ymin).margin(1e-4));
  CHECK(box.xmax == Approx(expected.xmax).margin(1e-4));
  CHECK(box.ymax == Approx(expected.ymax).margin(1e-4));
}

}  // namespace boxfeed::testing
