#pragma once

#include <boxfeed/core/random.h>
#include <boxfeed/image/resize.h>
#include <boxfeed/transforms/mix.h>
#include <boxfeed/transforms/pipeline.h>

#include <cstddef>
#include <cstdint>
#include <opencv2/core/mat.hpp>
#include <optional>
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

/// All that will happen to an example and those that are mixed with it.
struct MixPlan {
  /// The whole. Its boxes, keypoints and weights are those of the mix; the indices of boxes go on from one source to
  /// the next. The source, the map and the visible part are those of the example's own image.
  Plan plan;
  /// To be rendered and pasted in this order; each needs its own source only. None where nothing is mixed: then `plan`
  /// is rendered itself.
  std::vector<MixLayer> layers;
  /// Of each box of the plan, the position of its source in `MixDraft::sources`.
  std::vector<std::size_t> box_sources;
};

/// Plans examples as a pipeline and its mix say: draws partners by index, then their parts of one output, before any
/// pixel is decoded.
///
/// ```cpp
/// Mixer mixer(Pipeline({RandomHorizontalFlip()}, PipelineOptions().mix(Mosaic())), {320, 320});
/// MixDraft draft = mixer.begin(dataset_size, index, Random(seed, epoch, index));
/// MixPlan mix = mixer.draw(draft, geometries_of(draft.sources));
/// for (std::size_t k = 0; k < mix.layers.size(); ++k) {   // one image in memory at a time
///   renderer.resample(mix.layers[k].plan, decoded.pixels, decoded.to_displayed, part);
///   apply_colors(mix.layers[k].plan, part);
///   paste(mix, k, part, output);
/// }
/// ```
///
/// Immutable.
/// Thread safety: any number of threads.
class Mixer {
 public:
  /// The pipeline is drawn for every source by itself, with other numbers for each; `size` is the output's. An image
  /// that fills the output alone comes to it as `mode` says.
  /// Throws: `std::invalid_argument` for options that cannot be.
  Mixer(const Pipeline& pipeline, ImageSize size, ResizeMode mode = ResizeMode::kStretch);

  /// The most examples that one is made of: four, two, or one without a mix.
  std::size_t most_sources() const;

  /// Draws the partners of example `index` of `count`. Partners may be the example itself.
  /// Throws: `std::invalid_argument` for an index that is not below the count.
  MixDraft begin(std::size_t count, std::size_t index, Random random) const;

  /// Plans the mix for the sources' geometries, in the draft's order.
  /// Throws: `std::invalid_argument` for another number of them; what `Pipeline::draw` throws.
  MixPlan draw(const MixDraft& draft, const std::vector<SampleGeometry>& sources) const;

 private:
  class Drawing;

  const std::optional<Mix>& mix() const noexcept { return pipeline_.options().mix(); }

  Pipeline pipeline_;
  ImageSize size_;
  Pipeline whole_;  ///< brings an image to the whole output
};

/// Lays what was rendered for a layer into `output`, which gets the size of the mix with the first.
/// Throws: `std::invalid_argument` for pixels that are not of the layer's size, or of another type than the output's.
void paste(const MixPlan& mix, std::size_t layer, const cv::Mat& rendered, cv::Mat& output);

}  // namespace boxfeed::transforms
