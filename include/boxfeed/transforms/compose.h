#pragma once

#include <boxfeed/core/arg.h>
#include <boxfeed/transforms/sanitize.h>
#include <boxfeed/transforms/transform.h>

#include <cstdint>
#include <vector>

namespace boxfeed::transforms {

/// All of the transforms, one after the other.
class Compose {
  BOXFEED_ARG(std::vector<Transform>, transforms);

 public:
  static constexpr const char* kName = "Compose";
  Compose() = default;
  explicit Compose(std::vector<Transform> transforms) : transforms_(std::move(transforms)) {}
  std::vector<Transform> choose(Random&) const { return transforms_; }
  void fields(FieldVisitor& visitor) { visitor.field("transforms", transforms_); }
};

/// All of the transforms with probability `p`, else none.
class RandomApply {
  BOXFEED_ARG(std::vector<Transform>, transforms);
  BOXFEED_ARG(double, p) = 0.5;

 public:
  static constexpr const char* kName = "RandomApply";
  RandomApply() = default;
  explicit RandomApply(std::vector<Transform> transforms, double p = 0.5) : transforms_(std::move(transforms)), p_(p) {}
  std::vector<Transform> choose(Random& random) const;
  void check() const;
  void fields(FieldVisitor& visitor);
};

/// One of the transforms, with the probabilities `p` (which need not sum to 1), or all equally likely.
class RandomChoice {
  BOXFEED_ARG(std::vector<Transform>, transforms);
  BOXFEED_ARG(std::vector<double>, p);

 public:
  static constexpr const char* kName = "RandomChoice";
  RandomChoice() = default;
  explicit RandomChoice(std::vector<Transform> transforms, std::vector<double> p = {})
      : transforms_(std::move(transforms)), p_(std::move(p)) {}
  std::vector<Transform> choose(Random& random) const;
  void check() const;
  void fields(FieldVisitor& visitor);
};

/// All of the transforms, in random order.
class RandomOrder {
  BOXFEED_ARG(std::vector<Transform>, transforms);

 public:
  static constexpr const char* kName = "RandomOrder";
  RandomOrder() = default;
  explicit RandomOrder(std::vector<Transform> transforms) : transforms_(std::move(transforms)) {}
  std::vector<Transform> choose(Random& random) const;
  void fields(FieldVisitor& visitor) { visitor.field("transforms", transforms_); }
};

/// One of the transforms, all equally likely, with probability `p`, else none.
class OneOf {
  BOXFEED_ARG(std::vector<Transform>, transforms);
  BOXFEED_ARG(double, p) = 0.5;

 public:
  static constexpr const char* kName = "OneOf";
  OneOf() = default;
  explicit OneOf(std::vector<Transform> transforms, double p = 0.5) : transforms_(std::move(transforms)), p_(p) {}
  std::vector<Transform> choose(Random& random) const;
  void check() const;
  void fields(FieldVisitor& visitor);
};

/// All of the transforms, drawn again, up to `attempts` times, until `sanitize` drops none of the boxes that there were
/// before; if that never happens, none of them. A box's visible share counts from there. For sets in which every
/// example needs its box.
class KeepBoxes {
  BOXFEED_ARG(std::vector<Transform>, transforms);
  BOXFEED_ARG(SanitizeBoundingBoxes, sanitize) = SanitizeBoundingBoxes().min_visibility(0.5);
  BOXFEED_ARG(std::int64_t, attempts) = 10;

 public:
  static constexpr const char* kName = "KeepBoxes";
  KeepBoxes() = default;
  explicit KeepBoxes(std::vector<Transform> transforms) : transforms_(std::move(transforms)) {}
  std::vector<Transform> choose(Random&) const { return transforms_; }
  void check() const;
  void fields(FieldVisitor& visitor);
};

}  // namespace boxfeed::transforms
