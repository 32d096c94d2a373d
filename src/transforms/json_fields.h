#pragma once

#include <boxfeed/transforms/field_visitor.h>
#include <boxfeed/transforms/transform.h>

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace boxfeed::transforms {

using Json = nlohmann::ordered_json;

/// Deeper nesting is no pipeline but an attack on the stack.
constexpr int kMaxPipelineDepth = 20;

/// Makes a transform whose options the visitor sets.
using TransformMaker = std::function<Transform(FieldVisitor&)>;

/// Every transform of the library, by its name.
const std::map<std::string, TransformMaker>& transform_registry();

/// Throws `Error` with `kBadState`.
[[noreturn]] void refuse_pipeline(const std::string& where, const std::string& what);

/// Writes options into an object, by name.
class JsonWriter final : public FieldVisitor {
 public:
  explicit JsonWriter(Json& out) : out_(out) {}
  void field(const char* name, bool& value) override;
  void field(const char* name, std::int64_t& value, Limits) override;
  void field(const char* name, double& value, Limits) override;
  void field(const char* name, Range& value, Limits) override;
  void field(const char* name, Point& value, Limits) override;
  void field(const char* name, std::optional<Point>& value, Limits) override;
  void field(const char* name, ImageSize& value) override;
  void field(const char* name, std::vector<std::int64_t>& values, Limits) override;
  void field(const char* name, std::vector<double>& values, Limits) override;
  void field(const char* name, std::vector<Transform>& values) override;

 private:
  Json& out_;
};

/// Takes options out of an object by name, and refuses what nobody took. A transform that is not one of the library's
/// is looked up in `own`. Throws: `Error` with `kBadState`.
class JsonReader final : public FieldVisitor {
 public:
  /// Keeps references to `json` and `own`.
  JsonReader(const Json& json, std::string where, const std::vector<Transform>& own, int depth = 0)
      : json_(json), where_(std::move(where)), own_(own), depth_(depth) {}

  void field(const char* name, bool& value) override;
  void field(const char* name, std::int64_t& value, Limits) override;
  void field(const char* name, double& value, Limits) override;
  void field(const char* name, Range& value, Limits) override;
  void field(const char* name, Point& value, Limits) override;
  void field(const char* name, std::optional<Point>& value, Limits) override;
  void field(const char* name, ImageSize& value) override;
  void field(const char* name, std::vector<std::int64_t>& values, Limits) override;
  void field(const char* name, std::vector<double>& values, Limits) override;
  void field(const char* name, std::vector<Transform>& values) override;
  void field(const char* name, std::string& value);
  /// The value of an option that is an object itself; null where it is missing.
  const Json* object(const char* name);

  /// Throws for an option that was never asked for.
  void check_all_known() const;

 private:
  const Json* find(const char* name);
  [[noreturn]] void wrong(const char* name, const std::string& expected, const Json& found) const;
  double number(const char* name, const Json& json) const;
  std::int64_t whole(const char* name, const Json& json) const;
  std::array<double, 2> pair(const char* name, const char* expected, const Json& json) const;
  /// The values of a list, each as `item(json)` reads it.
  template <typename Value, typename Item>
  void list(const char* name, std::vector<Value>& values, const Item& item);
  Transform transform(const Json& json) const;

  const Json& json_;
  std::string where_;
  const std::vector<Transform>& own_;
  int depth_;
  std::set<std::string> known_{"name"};
};

}  // namespace boxfeed::transforms
