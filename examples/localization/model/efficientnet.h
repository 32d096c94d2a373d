#pragma once

#include <cstdint>

#include "model/backbone.h"

namespace localization {

/// EfficientNet-Lite0 without its classifier: maps of 112 channels at stride 16 and of 320 at 32. Its state has timm's
/// names.
///
/// There are two of them, whose weights do not fit each other: timm's own, and the one that was trained in TensorFlow,
/// where the padding of a convolution of stride 2 lies at the right and the lower edge and a norm adds 1e-3 to the
/// variance. Source: Tan and Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", ICML 2019.
class EfficientNetLite : public Backbone {
 public:
  EfficientNetLite(std::int64_t channels, bool tensorflow);
};

}  // namespace localization
