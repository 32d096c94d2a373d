#include "augment.h"

#include <algorithm>
#include <cmath>

namespace localization {
namespace {

/// u → scale · u + shift on one axis of an image, mirrored before or not, in fractions.
struct AxisMap {
  float scale = 1;
  float shift = 0;
  bool mirrored = false;

  /// The image of the interval that a box covers.
  std::pair<float, float> apply(float low, float high) const {
    if (mirrored) return {scale * (1 - high) + shift, scale * (1 - low) + shift};
    return {scale * low + shift, scale * high + shift};
  }
  /// The inverse on coordinates from -1 to 1, as `affine_grid_generator` takes it: the factor and the summand.
  std::pair<float, float> inverse() const {
    const float factor = 1 / scale, summand = (1 - 2 * shift) / scale - 1;
    return mirrored ? std::pair{-factor, -summand} : std::pair{factor, summand};
  }
};

/// A map that keeps the interval within 0 … 1 if it was.
AxisMap random_axis_map(boxfeed::Random& random, float low, float high, double scale, bool mirrored) {
  AxisMap map{static_cast<float>(scale), 0, mirrored};
  map.scale = std::max(std::min(map.scale, 0.98F / std::max(high - low, 0.02F)), 0.3F);
  const auto [from, to] = map.apply(low, high);
  const float room = std::max(1 - (to - from), 0.F);
  map.shift = static_cast<float>(random.uniform()) * room - from;
  return map;
}

}  // namespace

void augment(torch::Tensor& images, torch::Tensor& boxes, boxfeed::Random random) {
  const auto count = images.size(0), channels = images.size(1);
  const auto corners = boxes.cpu().contiguous();
  auto moved = torch::empty({count, 4}), inverse = torch::zeros({count, 2, 3}),
       light = torch::empty({count, channels, 2});
  const auto in = corners.accessor<float, 2>();
  auto out = moved.accessor<float, 2>();
  auto theta = inverse.accessor<float, 3>();
  auto gain = light.accessor<float, 3>();
  for (std::int64_t i = 0; i < count; ++i) {
    const double scale = std::exp(random.uniform(-0.35, 0.35)), aspect = std::exp(random.uniform(-0.15, 0.15));
    const auto x = random_axis_map(random, in[i][0], in[i][2], scale * aspect, random.below(2) == 1);
    const auto y = random_axis_map(random, in[i][1], in[i][3], scale / aspect, false);
    std::tie(out[i][0], out[i][2]) = x.apply(in[i][0], in[i][2]);
    std::tie(out[i][1], out[i][3]) = y.apply(in[i][1], in[i][3]);
    std::tie(theta[i][0][0], theta[i][0][2]) = x.inverse();
    std::tie(theta[i][1][1], theta[i][1][2]) = y.inverse();
    const double bright = random.uniform(-0.4, 0.4);
    for (std::int64_t c = 0; c < channels; ++c) {
      gain[i][c][0] = static_cast<float>(random.uniform(0.7, 1.3));
      gain[i][c][1] = static_cast<float>(bright + random.uniform(-0.2, 0.2));
    }
  }
  const auto grid = torch::affine_grid_generator(inverse.to(images.device()), images.sizes(), false);
  constexpr std::int64_t kBilinear = 0, kBorder = 1;
  light = light.to(images.device()).view({count, channels, 1, 2});
  images = torch::grid_sampler(images, grid, kBilinear, kBorder, false) * light.narrow(3, 0, 1) + light.narrow(3, 1, 1);
  boxes = moved.to(boxes.device());
}

}  // namespace localization
