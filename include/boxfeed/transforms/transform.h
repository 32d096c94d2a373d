#pragma once

#include <boxfeed/core/random.h>
#include <boxfeed/transforms/drawn.h>
#include <boxfeed/transforms/field_visitor.h>
#include <boxfeed/transforms/sample_geometry.h>

#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace boxfeed::transforms {

class Transform;
class SanitizeBoundingBoxes;

/// What happens to boxes apart from any movement. Boxes are dropped in the end or by a transform of this kind, never
/// changed by one that moves pixels.
struct BoxRule {
  bool clamp = false;
  const SanitizeBoundingBoxes* sanitize = nullptr;
};

namespace detail {

class PlanDrawing;
const SampleGeometry& drawn_so_far(const PlanDrawing& drawing);
void add(PlanDrawing& drawing, const std::string& name, DrawnMap map);
void add(PlanDrawing& drawing, const std::string& name, DrawnColor color);
void add(PlanDrawing& drawing, const BoxRule& rule);
void add(PlanDrawing& drawing, const std::vector<Transform>& transforms, Random& random);
/// Draws all of them again, up to `attempts` times, until `rule` drops no box; else none of them.
void add_keeping_boxes(PlanDrawing& drawing, const std::vector<Transform>& transforms, Random& random,
                       const SanitizeBoundingBoxes& rule, std::int64_t attempts);

template <typename T, typename = void>
struct IsGeometric : std::false_type {};
template <typename T>
struct IsGeometric<
    T, std::enable_if_t<std::is_convertible_v<decltype(std::declval<const T&>().draw(
                                                  std::declval<const SampleGeometry&>(), std::declval<Random&>())),
                                              std::optional<DrawnMap>>>> : std::true_type {};

template <typename T, typename = void>
struct IsColor : std::false_type {};
template <typename T>
struct IsColor<T, std::enable_if_t<std::is_convertible_v<
                      decltype(std::declval<const T&>().draw(std::declval<Random&>())), std::optional<DrawnColor>>>>
    : std::true_type {};

template <typename T, typename = void>
struct IsBoxRule : std::false_type {};
template <typename T>
struct IsBoxRule<T, std::void_t<decltype(BoxRule(std::declval<const T&>().rule()))>> : std::true_type {};

template <typename T, typename = void>
struct IsChoice : std::false_type {};
template <typename T>
struct IsChoice<T, std::enable_if_t<std::is_convertible_v<
                       decltype(std::declval<const T&>().choose(std::declval<Random&>())), std::vector<Transform>>>>
    : std::true_type {};

template <typename T, typename = void>
struct KeepsBoxes : std::false_type {};
template <typename T>
struct KeepsBoxes<T, std::void_t<decltype(std::declval<const T&>().attempts())>> : std::true_type {};

template <typename T, typename = void>
struct HasName : std::false_type {};
template <typename T>
struct HasName<T, std::void_t<decltype(T::kName)>> : std::true_type {};

template <typename T, typename = void>
struct HasFields : std::false_type {};
template <typename T>
struct HasFields<T, std::void_t<decltype(std::declval<T&>().fields(std::declval<FieldVisitor&>()))>> : std::true_type {
};

template <typename T, typename = void>
struct HasCheck : std::false_type {};
template <typename T>
struct HasCheck<T, std::void_t<decltype(std::declval<const T&>().check())>> : std::true_type {};

struct TransformModel {
  virtual ~TransformModel() = default;
  virtual std::string name() const = 0;
  virtual bool has_fields() const = 0;
  /// Shows the options, of a copy.
  virtual void show(FieldVisitor& visitor) const = 0;
  virtual void draw(PlanDrawing& drawing, Random& random) const = 0;
};

template <typename T>
struct TransformModelOf final : TransformModel {
  explicit TransformModelOf(T t) : value(std::move(t)) {
    if constexpr (HasCheck<T>::value) value.check();
  }

  std::string name() const override {
    if constexpr (HasName<T>::value)
      return T::kName;
    else
      return value.name();
  }
  bool has_fields() const override { return HasFields<T>::value; }
  void show(FieldVisitor& visitor) const override {
    if constexpr (HasFields<T>::value) {
      T copy = value;
      copy.fields(visitor);
    } else {
      static_cast<void>(visitor);
    }
  }
  void draw(PlanDrawing& drawing, Random& random) const override {
    if constexpr (IsGeometric<T>::value) {
      std::optional<DrawnMap> map = value.draw(drawn_so_far(drawing), random);
      if (map) add(drawing, name(), *std::move(map));
    } else if constexpr (IsColor<T>::value) {
      std::optional<DrawnColor> color = value.draw(random);
      if (color) add(drawing, name(), *std::move(color));
    } else if constexpr (IsBoxRule<T>::value) {
      add(drawing, value.rule());
    } else if constexpr (KeepsBoxes<T>::value) {
      add_keeping_boxes(drawing, value.choose(random), random, value.sanitize(), value.attempts());
    } else {
      add(drawing, value.choose(random), random);
    }
  }

  T value;
};

}  // namespace detail

/// One step of a pipeline: any value that draws, kept without its type.
///
/// What a step is follows from what it draws. A geometric transform has
/// `std::optional<DrawnMap> draw(const SampleGeometry&, Random&) const`: it returns where the plane goes and touches
/// neither pixels nor boxes, so that it cannot move the ones without the others. A color transform has
/// `std::optional<DrawnColor> draw(Random&) const` and moves nothing. One made of others has
/// `std::vector<Transform> choose(Random&) const`. Nothing is drawn where a transform leaves this example alone.
///
/// Immutable; copies share everything.
/// Thread safety: any number of threads, where those of the wrapped value's const methods are so too.
class Transform {
 public:
  /// Throws: `std::invalid_argument` for options that cannot be.
  template <typename T, typename = std::enable_if_t<!std::is_same_v<std::decay_t<T>, Transform> &&
                                                    (detail::IsGeometric<T>::value || detail::IsColor<T>::value ||
                                                     detail::IsBoxRule<T>::value || detail::IsChoice<T>::value)>>
  Transform(T transform)  // NOLINT: a transform is meant to be written where a `Transform` is expected
      : model_(std::make_shared<const detail::TransformModelOf<T>>(std::move(transform))) {}

  std::string name() const { return model_->name(); }
  /// True where it can be written down: a function of a user cannot.
  bool has_fields() const { return model_->has_fields(); }
  /// Shows every option to the visitor.
  void show(FieldVisitor& visitor) const { model_->show(visitor); }

 private:
  friend void detail::add(detail::PlanDrawing&, const std::vector<Transform>&, Random&);

  std::shared_ptr<const detail::TransformModel> model_;
};

}  // namespace boxfeed::transforms
