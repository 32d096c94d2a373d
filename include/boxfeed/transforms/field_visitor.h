#pragma once

#include <boxfeed/core/image_size.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <variant>
#include <vector>

namespace boxfeed::transforms {

class Transform;

/// From `low` to `high`: what is drawn from it is uniform, and nothing is drawn where they are equal.
struct Range {
  double low = 0;
  double high = 0;

  friend bool operator==(Range a, Range b) { return a.low == b.low && a.high == b.high; }
  friend bool operator!=(Range a, Range b) { return !(a == b); }
};

/// A point of the plane, or two numbers of which one is for x and one for y.
struct Point {
  double x = 0;
  double y = 0;
};

/// What a number may be: finite, from `least` to `most`.
struct Limits {
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();
};

/// An option of a transform, to be read or set.
using Field = std::variant<bool*, std::int64_t*, double*, Range*, Point*, std::optional<Point>*, ImageSize*,
                           std::vector<std::int64_t>*, std::vector<double>*, std::vector<Transform>*>;

/// Is shown every option of a transform, with its name and its limits: to check it, to write it down or to set it.
class FieldVisitor {
 public:
  virtual ~FieldVisitor() = default;
  /// Limits are for numbers, and for each number of a list; the sides of an `ImageSize` go from 1 to 32768.
  template <typename T>
  void field(const char* name, T& value, Limits limits = {}) {
    visit(name, &value, limits);
  }
  virtual void visit(const char* name, Field field, Limits limits) = 0;
};

}  // namespace boxfeed::transforms
