#pragma once

#include <boxfeed/core/arg.h>
#include <boxfeed/transforms/boxes.h>
#include <boxfeed/transforms/transform.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace boxfeed::transforms {

/// All of the transforms, one after the other.
class Compose : public ComposedTransform {
  BOXFEED_ARG(std::vector<Transform>, transforms);

 public:
  Compose() = default;
  explicit Compose(std::vector<Transform> transforms) : transforms_(std::move(transforms)) {}
  std::string name() const override { return "Compose"; }
  void fields(FieldVisitor& visitor) override { visitor.field("transforms", transforms_); }
  std::vector<Transform> choose(Random&) const override { return transforms_; }
};

/// All of the transforms with probability `p`, else none. `RandomApply({RandomChoice({…})}, p)` is one of them or none.
class RandomApply : public ComposedTransform {
  BOXFEED_ARG(std::vector<Transform>, transforms);
  BOXFEED_ARG(double, p) = 0.5;

 public:
  RandomApply() = default;
  explicit RandomApply(std::vector<Transform> transforms, double p = 0.5) : transforms_(std::move(transforms)), p_(p) {}
  std::string name() const override { return "RandomApply"; }
  void fields(FieldVisitor& visitor) override;
  std::vector<Transform> choose(Random& random) const override;
};

/// One of the transforms, with the probabilities `p` (which need not sum to 1), or all equally likely.
class RandomChoice : public ComposedTransform {
  BOXFEED_ARG(std::vector<Transform>, transforms);
  BOXFEED_ARG(std::vector<double>, p);

 public:
  RandomChoice() = default;
  explicit RandomChoice(std::vector<Transform> transforms, std::vector<double> p = {})
      : transforms_(std::move(transforms)), p_(std::move(p)) {}
  std::string name() const override { return "RandomChoice"; }
  void fields(FieldVisitor& visitor) override;
  void check() const override;
  std::vector<Transform> choose(Random& random) const override;
};

/// All of the transforms, in random order.
class RandomOrder : public ComposedTransform {
  BOXFEED_ARG(std::vector<Transform>, transforms);

 public:
  RandomOrder() = default;
  explicit RandomOrder(std::vector<Transform> transforms) : transforms_(std::move(transforms)) {}
  std::string name() const override { return "RandomOrder"; }
  void fields(FieldVisitor& visitor) override { visitor.field("transforms", transforms_); }
  std::vector<Transform> choose(Random& random) const override;
};

/// All of the transforms, drawn again, up to `attempts` times, until `sanitize` drops none of the boxes that there were
/// before; if that never happens, none of them. A box's visible share counts from there. For sets in which every
/// example needs its box.
class KeepBoundingBoxes : public TransformBase {
  BOXFEED_ARG(std::vector<Transform>, transforms);
  BOXFEED_ARG(SanitizeBoundingBoxes, sanitize) = SanitizeBoundingBoxes().min_visibility(0.5);
  BOXFEED_ARG(std::int64_t, attempts) = 10;

 public:
  KeepBoundingBoxes() = default;
  explicit KeepBoundingBoxes(std::vector<Transform> transforms) : transforms_(std::move(transforms)) {}
  std::string name() const override { return "KeepBoundingBoxes"; }
  void fields(FieldVisitor& visitor) override;
  void draw_into(detail::PlanDrawing& drawing, Random& random) const override;
};

}  // namespace boxfeed::transforms
