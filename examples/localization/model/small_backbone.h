#pragma once

#include <cstdint>

#include "model/backbone.h"

namespace localization {

/// A small network to be trained from nothing: one map of 64 channels, an eighth of the image's size, whose cells see
/// far around them.
class SmallBackbone : public Backbone {
 public:
  explicit SmallBackbone(std::int64_t channels);
};

}  // namespace localization
