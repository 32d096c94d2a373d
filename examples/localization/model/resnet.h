#pragma once

#include <array>
#include <cstdint>

#include "model/backbone.h"

namespace localization {

/// A residual network of basic blocks without its classifier: ResNet-18 with {2, 2, 2, 2} blocks, ResNet-34 with {3, 4,
/// 6, 3}. Maps of 256 channels at stride 16 and of 512 at 32. Its state has torchvision's names. Source: He et al.,
/// "Deep Residual Learning for Image Recognition", CVPR 2016.
class ResNet : public Backbone {
 public:
  ResNet(std::int64_t channels, std::array<int, 4> blocks);
};

}  // namespace localization
