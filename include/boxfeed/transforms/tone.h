#pragma once

#include <boxfeed/core/arg.h>
#include <boxfeed/transforms/transform.h>

#include <cstdint>
#include <optional>

namespace boxfeed::transforms {

/// Takes the color away with probability `p`; the channels stay, all equal.
class RandomGrayscale {
  BOXFEED_ARG(double, p) = 0.1;

 public:
  static constexpr const char* kName = "RandomGrayscale";
  RandomGrayscale() = default;
  explicit RandomGrayscale(double p) : p_(p) {}
  std::optional<DrawnColor> draw(Random& random) const;
  void check() const;
  void fields(FieldVisitor& visitor) { visitor.field("p", p_); }
};

/// With probability `p`, makes the values of each channel about equally frequent.
class RandomEqualize {
  BOXFEED_ARG(double, p) = 0.5;

 public:
  static constexpr const char* kName = "RandomEqualize";
  RandomEqualize() = default;
  explicit RandomEqualize(double p) : p_(p) {}
  std::optional<DrawnColor> draw(Random& random) const;
  void check() const;
  void fields(FieldVisitor& visitor) { visitor.field("p", p_); }
};

/// With probability `p`, stretches each channel to the whole range.
class RandomAutocontrast {
  BOXFEED_ARG(double, p) = 0.5;

 public:
  static constexpr const char* kName = "RandomAutocontrast";
  RandomAutocontrast() = default;
  explicit RandomAutocontrast(double p) : p_(p) {}
  std::optional<DrawnColor> draw(Random& random) const;
  void check() const;
  void fields(FieldVisitor& visitor) { visitor.field("p", p_); }
};

/// With probability `p`, keeps only the highest `bits` of each value.
class RandomPosterize {
  BOXFEED_ARG(std::int64_t, bits) = 4;
  BOXFEED_ARG(double, p) = 0.5;

 public:
  static constexpr const char* kName = "RandomPosterize";
  RandomPosterize() = default;
  explicit RandomPosterize(std::int64_t bits, double p = 0.5) : bits_(bits), p_(p) {}
  std::optional<DrawnColor> draw(Random& random) const;
  void check() const;
  void fields(FieldVisitor& visitor);
};

}  // namespace boxfeed::transforms
