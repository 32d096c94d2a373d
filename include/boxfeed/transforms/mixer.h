#pragma once

#include <boxfeed/core/random.h>
#include <boxfeed/image/resize.h>
#include <boxfeed/transforms/mix.h>
#include <boxfeed/transforms/pipeline.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <opencv2/core/mat.hpp>
#include <vector>

namespace boxfeed::transforms {

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
  /// `each` is drawn for every source by itself, with other numbers for each; `size` is the output's. An image that
  /// fills the output alone comes to it as `mode` says.
  /// Throws: `std::invalid_argument` for options that cannot be.
  Mixer(const Mix& mix, Pipeline each, ImageSize size, ResizeMode mode = ResizeMode::kStretch);

  /// The most examples that one is made of: four or two.
  std::size_t most_sources() const;

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

}  // namespace boxfeed::transforms
