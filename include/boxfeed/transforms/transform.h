#pragma once

#include <boxfeed/core/image_size.h>
#include <boxfeed/core/random.h>
#include <boxfeed/transforms/drawn.h>

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace boxfeed::transforms {

namespace detail {
struct PlanDrawing;
}

class Transform;

/// From `low` to `high`: what is drawn from it is uniform, and nothing is drawn where they are equal.
struct Range {
  double low = 0;
  double high = 0;

  double draw(Random& random) const { return low == high ? low : random.uniform(low, high); }

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

/// What every transform is. A class of one's own derives from one of the four kinds below.
class TransformBase {
 public:
  virtual ~TransformBase() = default;
  /// As it stands in `Plan::explain` and in a pipeline's text.
  virtual std::string name() const = 0;
  /// Shows every option, so that it is checked, written down and read. Without it there are none.
  virtual void fields(FieldVisitor&) {}
  /// Throws: `std::invalid_argument` for options that cannot be together; `fields` has seen to each by itself.
  virtual void check() const {}

  /// Adds what it draws to a plan; each of the kinds knows how.
  virtual void draw_into(detail::PlanDrawing& drawing, Random& random) const = 0;
};

/// A transform that moves the image. It returns where the plane goes and touches neither pixels nor boxes, so that it
/// cannot move the ones without the others.
///
/// ```cpp
/// class Half : public GeometricTransform {
///  public:
///   std::string name() const override { return "Half"; }
///   std::optional<DrawnMap> draw(const SampleGeometry& sample, Random&) const override {
///     return DrawnMap{PlaneMap::scale(0.5, 0.5), {sample.size.height / 2, sample.size.width / 2}, {}};
///   }
/// };
/// ```
class GeometricTransform : public TransformBase {
 public:
  /// Nothing where this example is left alone. It draws from `random` only.
  virtual std::optional<DrawnMap> draw(const SampleGeometry& sample, Random& random) const = 0;
  void draw_into(detail::PlanDrawing& drawing, Random& random) const final;
};

/// A transform that changes pixels and moves nothing, on the image at its final size.
class ColorTransform : public TransformBase {
 public:
  /// Nothing where this example is left alone. It draws from `random` only, before there are pixels.
  virtual std::optional<DrawnColor> draw(Random& random) const = 0;
  void draw_into(detail::PlanDrawing& drawing, Random& random) const final;
};

/// A transform that drops boxes, and their labels with them.
class BoxTransform : public TransformBase {
 public:
  /// Why `box` of the present canvas is dropped, of which the share `visible` of the area is left; nothing where it
  /// stays.
  virtual std::optional<DropReason> drops(const Box& box, double visible) const = 0;
  void draw_into(detail::PlanDrawing& drawing, Random& random) const final;
};

/// A transform that is made of others.
class ComposedTransform : public TransformBase {
 public:
  /// Those of this example, in their order. It draws from `random` only.
  virtual std::vector<Transform> choose(Random& random) const = 0;
  void draw_into(detail::PlanDrawing& drawing, Random& random) const final;
};

/// One step of a pipeline: any transform as a value.
///
/// Immutable; copies share everything.
/// Thread safety: any number of threads, where those of the transform's const methods are so too.
class Transform {
 public:
  /// Throws: `std::invalid_argument` for options that cannot be.
  template <typename T, typename = std::enable_if_t<std::is_base_of_v<TransformBase, T>>>
  Transform(T transform)  // NOLINT: a transform is meant to be written where a `Transform` is expected
      : Transform(std::make_shared<T>(std::move(transform)), [](const TransformBase& value, FieldVisitor& visitor) {
          T copy = static_cast<const T&>(value);
          copy.fields(visitor);
          return Transform(std::move(copy));
        }) {}

  /// What it was made of.
  const TransformBase* operator->() const noexcept { return value_.get(); }
  std::string name() const { return value_->name(); }
  /// One of the same kind whose options the visitor has seen and, where it sets them, set.
  /// Throws: `std::invalid_argument` for options that cannot be.
  Transform visited_by(FieldVisitor& visitor) const { return visit_(*value_, visitor); }

 private:
  using Visit = Transform (*)(const TransformBase&, FieldVisitor&);
  Transform(const std::shared_ptr<TransformBase>& value, Visit visit);

  std::shared_ptr<const TransformBase> value_;
  Visit visit_;
};

/// A user's geometric transform: a function that returns where the plane goes.
///
/// ```cpp
/// LambdaGeometry half("Half", [](const SampleGeometry& sample, Random&) {
///   return DrawnMap{PlaneMap::scale(0.5, 0.5), {sample.size.height / 2, sample.size.width / 2}, {}};
/// });
/// ```
///
/// Requires: the function may be called from several threads, and draws from the `Random` it is given only.
class LambdaGeometry : public GeometricTransform {
 public:
  using Function = std::function<std::optional<DrawnMap>(const SampleGeometry&, Random&)>;
  LambdaGeometry(std::string name, Function function) : name_(std::move(name)), function_(std::move(function)) {}
  std::string name() const override { return name_; }
  std::optional<DrawnMap> draw(const SampleGeometry& sample, Random& random) const override {
    return function_(sample, random);
  }

 private:
  std::string name_;
  Function function_;
};

/// A user's color transform: a function on the pixels, RGB or gray, at their final size. They have 8 bits; floats
/// where images are decoded to floats (from 0 to 255) or a `Normalize` went before.
///
/// ```cpp
/// LambdaColor invert("Invert", [](cv::Mat& image, Random&) { cv::bitwise_not(image, image); });
/// ```
///
/// Requires: the function may be called from several threads, and draws from the `Random` it is given only.
class LambdaColor : public ColorTransform {
 public:
  using Function = std::function<void(cv::Mat&, Random&)>;
  LambdaColor(std::string name, Function function) : name_(std::move(name)), function_(std::move(function)) {}
  std::string name() const override { return name_; }
  std::optional<DrawnColor> draw(Random& random) const override;

 private:
  std::string name_;
  Function function_;
};

}  // namespace boxfeed::transforms
