#pragma once

#include <boxfeed/core/image_size.h>
#include <boxfeed/image/decode_options.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace boxfeed::transforms {

class Transform;

/// From `low` to `high`.
struct Range {
  double low = 0;
  double high = 0;

  friend bool operator==(Range a, Range b) { return a.low == b.low && a.high == b.high; }
  friend bool operator!=(Range a, Range b) { return !(a == b); }
};

/// A point of the plane.
struct Point {
  double x = 0;
  double y = 0;
};

/// Is shown every option of a transform by name, to write it down or to set it.
class FieldVisitor {
 public:
  virtual ~FieldVisitor() = default;
  virtual void field(const char* name, bool& value) = 0;
  virtual void field(const char* name, std::int64_t& value) = 0;
  virtual void field(const char* name, double& value) = 0;
  virtual void field(const char* name, Range& value) = 0;
  virtual void field(const char* name, std::optional<Range>& value) = 0;
  virtual void field(const char* name, std::optional<Point>& value) = 0;
  virtual void field(const char* name, ImageSize& value) = 0;
  virtual void field(const char* name, std::vector<double>& values) = 0;
  virtual void field(const char* name, std::vector<Transform>& values) = 0;
};

}  // namespace boxfeed::transforms
