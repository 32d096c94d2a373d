#pragma once

#include <boxfeed/core/color.h>

namespace boxfeed {

/// A color for a share from 0 to 1, the darker the more.
Color shade(double share);

}  // namespace boxfeed
