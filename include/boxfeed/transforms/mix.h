#pragma once

#include <boxfeed/core/arg.h>
#include <boxfeed/core/random.h>
#include <boxfeed/transforms/pipeline.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <opencv2/core/mat.hpp>
#include <variant>
#include <vector>

namespace boxfeed {

/// Four images around a random centre, each covering its quarter of the canvas in its own shape, with the corner at the
/// centre kept.
/// Source: Bochkovskiy et al., "YOLOv4: Optimal Speed and Accuracy of Object Detection", 2020.
class Mosaic {
  BOXFEED_ARG(double, p) = 1.0;
  /// Where the centre lies, as a share of each side.
  BOXFEED_ARG(Range, centre) = Range{0.25, 0.75};
};

/// The weighted mean of two images, with the boxes of both.
/// Source: Zhang et al., "mixup: Beyond Empirical Risk Minimization", ICLR 2018.
class MixUp {
  BOXFEED_ARG(double, p) = 1.0;
  /// The first image's weight is drawn from Beta(alpha, alpha).
  BOXFEED_ARG(double, alpha) = 1.0;
};

/// A rectangle of one image laid over another. Boxes below it shrink to what is left of them.
/// Source: Yun et al., "CutMix: Regularization Strategy to Train Strong Classifiers", ICCV 2019.
class CutMix {
  BOXFEED_ARG(double, p) = 1.0;
  /// The first image's share of the area is drawn from Beta(alpha, alpha).
  BOXFEED_ARG(double, alpha) = 1.0;
  /// A box of which a smaller share is left is dropped.
  BOXFEED_ARG(double, min_visibility) = 0.3;
};

/// Which examples are mixed, and the random numbers that are left.
struct MixDraft {
  /// Indices into the dataset, the example itself first. One only: nothing is mixed this time.
  std::vector<std::size_t> sources;
  Random random;
};

/// One source's part of a mix.
struct MixLayer {
  /// Its position in `MixDraft::sources`.
  std::size_t source = 0;
  /// Makes pixels of the part's size.
  Plan plan;
  /// Where the part lies in the output.
  std::int64_t top = 0;
  std::int64_t left = 0;
  /// What it counts against what lies there already: 1 replaces it.
  double weight = 1;
};

/// Which box of which source a box of the mix is.
struct MixedBox {
  std::size_t source = 0;
  std::size_t index = 0;
  /// How much of its image is in the mix: below 1 for MixUp only.
  double weight = 1;
};

/// All that will happen to the sources of a mix.
struct MixPlan {
  ImageSize size;
  /// To be rendered and pasted in this order; each needs its own source only.
  std::vector<MixLayer> layers;
  /// Units: pixels of the output.
  std::vector<Box> boxes;
  /// Of each box, where it comes from.
  std::vector<MixedBox> kept;
  /// Units: pixels of the output; those of the kept boxes, in their order.
  std::vector<Keypoint> keypoints;
  std::size_t dropped = 0;
};

/// Mixes examples: draws partners by index, then plans their parts of one output, before any pixel is decoded.
///
/// ```cpp
/// Mixer mixer(Mosaic(), Pipeline({RandomHorizontalFlip()}), {320, 320});
/// MixDraft draft = mixer.begin(dataset_size, index, Random(seed, epoch, index));
/// MixPlan plan = mixer.draw(draft, geometries_of(draft.sources));
/// for (std::size_t k = 0; k < plan.layers.size(); ++k) {   // one image in memory at a time
///   renderer.render(plan.layers[k].plan, decoded.pixels, decoded.to_displayed, part);
///   paste(plan, k, part, output);
/// }
/// ```
///
/// Immutable; copies share everything.
/// Thread safety: any number of threads.
class Mixer {
 public:
  using Kind = std::variant<Mosaic, MixUp, CutMix>;

  /// `each` is drawn for every source by itself, with other numbers for each; `size` is the output's.
  /// Throws: `std::invalid_argument` for options that cannot be.
  Mixer(Kind kind, Pipeline each, ImageSize size);

  /// Draws the partners of example `index` of `count`. Partners may be the example itself.
  /// Throws: `std::invalid_argument` for an index that is not below the count.
  MixDraft begin(std::size_t count, std::size_t index, Random random) const;

  /// Plans the mix for the sources' geometries, in the draft's order.
  /// Throws: `std::invalid_argument` for another number of them; what `Pipeline::draw` throws.
  MixPlan draw(const MixDraft& draft, const std::vector<SampleGeometry>& sources) const;

 private:
  struct State;
  std::shared_ptr<const State> state_;
};

/// Lays what was rendered for a layer into `output`, which becomes of the plan's size with the first.
/// Throws: `std::invalid_argument` for pixels that are not of the layer's size, or of another type than the output's.
void paste(const MixPlan& plan, std::size_t layer, const cv::Mat& rendered, cv::Mat& output);

}  // namespace boxfeed
