#pragma once

#include <boxfeed/core/image_size.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
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

/// Is shown every option of a transform, with its name and its limits: to check it, to write it down or to set it.
class FieldVisitor {
 public:
  virtual ~FieldVisitor() = default;
  virtual void field(const char* name, bool& value) = 0;
  virtual void field(const char* name, std::int64_t& value, Limits limits) = 0;
  virtual void field(const char* name, double& value, Limits limits) = 0;
  virtual void field(const char* name, Range& value, Limits limits) = 0;
  virtual void field(const char* name, Point& value, Limits limits) = 0;
  virtual void field(const char* name, std::optional<Point>& value, Limits limits) = 0;
  /// Both sides from 1 to 32768.
  virtual void field(const char* name, ImageSize& value) = 0;
  virtual void field(const char* name, std::vector<std::int64_t>& values, Limits limits) = 0;
  virtual void field(const char* name, std::vector<double>& values, Limits limits) = 0;
  virtual void field(const char* name, std::vector<Transform>& values) = 0;
};

}  // namespace boxfeed::transforms
