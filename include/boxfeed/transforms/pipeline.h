#pragma once

#include <boxfeed/core/arg.h>
#include <boxfeed/core/random.h>
#include <boxfeed/image/resampler.h>
#include <boxfeed/transforms/boxes.h>
#include <boxfeed/transforms/mix.h>
#include <boxfeed/transforms/plan.h>
#include <boxfeed/transforms/transform.h>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace boxfeed::transforms {

/// How a pipeline treats pixels and boxes as a whole.
class PipelineOptions {
  /// The one resampling: interpolation, antialiasing, and the color of what shows no image.
  BOXFEED_ARG(ResampleOptions, resample);

  /// True, as torchvision: what a transform puts outside of its canvas is gone, pixels and parts of boxes alike, and
  /// does not come back if a later one turns the canvas. False: only the last canvas cuts, so that the corners of a
  /// turned crop show the photograph.
  BOXFEED_ARG(bool, clip) = true;

  /// The last step: boxes are clipped to the output, and dropped as this says.
  BOXFEED_ARG(SanitizeBoundingBoxes, sanitize);

  /// Mixes each example with others of its dataset, after the transforms: for a `DetectionDataset`. `Pipeline::draw`
  /// knows one example and leaves this to `Mixer`.
  BOXFEED_ARG(std::optional<Mix>, mix);
};

/// Transforms, one after the other: draws the plan for an example from its geometry and its random numbers alone.
///
/// ```cpp
/// Pipeline pipeline({RandomHorizontalFlip(), RandomRotation(10), Resize({224, 224}), ColorJitter(0.2, 0.2, 0.2)});
/// Plan plan = pipeline.draw({{480, 640}, boxes}, Random(seed, epoch, index));
/// Renderer().resample(plan, decoded.pixels, decoded.to_displayed, output);
/// apply_colors(plan, output);
/// ```
///
/// Immutable.
/// Thread safety: any number of threads.
class Pipeline {
 public:
  /// Without transforms: every plan is the identity.
  Pipeline() : Pipeline(std::vector<Transform>{}) {}
  /// Throws: `std::invalid_argument` for options that cannot be.
  Pipeline(std::initializer_list<Transform> transforms, PipelineOptions options = {})
      : Pipeline(std::vector<Transform>(transforms), std::move(options)) {}
  explicit Pipeline(std::vector<Transform> transforms, PipelineOptions options = {});

  const std::vector<Transform>& transforms() const noexcept { return transforms_; }
  const PipelineOptions& options() const noexcept { return options_; }

  /// This pipeline with one more transform at its end.
  Pipeline then(Transform transform) const;

  /// The plan for one example. The same (sample, random) give the same plan.
  /// Throws: `std::invalid_argument` for a size below 1 × 1 or boxes whose keypoints are not all there; `Error` with
  /// `kHook` for a map of a user's transform that cannot be, and with `kTooSmall` for an image that a `RandomCrop`
  /// does not pad.
  Plan draw(const SampleGeometry& sample, Random random) const;

 private:
  std::vector<Transform> transforms_;
  PipelineOptions options_;
};

/// The pipeline as JSON, every option with it: what is saved beside weights, so that use preprocesses as training did.
/// A function of a user (`LambdaGeometry`, `LambdaColor`) stands there by its name alone.
std::string to_json(const Pipeline& pipeline);

/// The pipeline that a text of `to_json` describes, or one written by hand: options that are missing have their
/// defaults. A name that is not one of this library's is looked up in `own`.
///
/// Throws: `Error` with `kBadState` for a text that is no JSON, a name or an option that is not known, and a value that
/// cannot be.
Pipeline pipeline_from_json(std::string_view text, const std::vector<Transform>& own = {});

/// A pipeline by name: "none", "light" or "strong", for finding one object or several in photographs.
///
/// Light flips, moves, scales and turns a little, and jitters color; each box keeps half of its area. Strong brings
/// the objects to any place, larger or smaller, whole, and distorts or takes away color. None of them fixes a size:
/// `then(Resize(...))` or a dataset's own size does. Throws: `std::invalid_argument` for another name.
Pipeline augmentation_preset(const std::string& name);

}  // namespace boxfeed::transforms
