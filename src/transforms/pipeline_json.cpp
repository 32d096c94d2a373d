#include <boxfeed/core/error.h>
#include <boxfeed/transforms/pipeline_json.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

#include "transforms/registry.h"

namespace boxfeed {
namespace {

using Json = nlohmann::ordered_json;

/// Deeper nesting is no pipeline but an attack on the stack.
constexpr int kMaxDepth = 20;
constexpr std::size_t kMaxText = 1 << 20;

[[noreturn]] void refuse(const std::string& where, const std::string& what) {
  throw Error(Reason::kBadState, "pipeline: " + where + ": " + what);
}

/// A value as it stands in messages.
std::string shown(const Json& json) { return quoted(json.dump(-1, ' ', false, Json::error_handler_t::replace)); }

Json written(const Transform& transform);

class Writer final : public FieldVisitor {
 public:
  explicit Writer(Json& out) : out_(out) {}
  void field(const char* name, bool& value) override { out_[name] = value; }
  void field(const char* name, std::int64_t& value) override { out_[name] = value; }
  void field(const char* name, double& value) override { out_[name] = value; }
  void field(const char* name, Range& value) override { out_[name] = {value.low, value.high}; }
  void field(const char* name, std::optional<Range>& value) override {
    if (value) field(name, *value);
  }
  void field(const char* name, ImageSize& value) override { out_[name] = {value.height, value.width}; }
  void field(const char* name, std::vector<double>& values) override { out_[name] = values; }
  void field(const char* name, std::vector<Transform>& values) override {
    auto list = Json::array();
    for (const auto& transform : values) list.push_back(written(transform));
    out_[name] = std::move(list);
  }

 private:
  Json& out_;
};

Json written(const Transform& transform) {
  Json out{{"name", transform.name()}};
  Writer writer(out);
  transform.show(writer);
  return out;
}

class Own {
 public:
  explicit Own(const std::vector<Transform>& transforms) : transforms_(transforms) {}
  const Transform* find(const std::string& name) const {
    const auto at =
        std::find_if(transforms_.begin(), transforms_.end(), [&](const Transform& t) { return t.name() == name; });
    return at == transforms_.end() ? nullptr : &*at;
  }

 private:
  const std::vector<Transform>& transforms_;
};

Transform read_transform(const Json& json, const Own& own, int depth);

std::vector<Transform> read_transforms(const Json& json, const std::string& where, const Own& own, int depth) {
  if (!json.is_array()) refuse(where, "expected a list of transforms, got " + shown(json));
  if (depth > kMaxDepth)
    refuse(where, "expected at most " + std::to_string(kMaxDepth) + " transforms inside each other");
  std::vector<Transform> out;
  for (const auto& item : json) out.push_back(read_transform(item, own, depth + 1));
  return out;
}

/// Takes the options out of an object by name, and refuses what nobody took.
class Reader final : public FieldVisitor {
 public:
  Reader(const Json& json, std::string where, const Own& own, int depth)
      : json_(json), where_(std::move(where)), own_(own), depth_(depth) {}

  void field(const char* name, bool& value) override {
    if (const Json* found = find(name)) {
      if (!found->is_boolean()) wrong(name, "true or false", *found);
      value = found->get<bool>();
    }
  }
  void field(const char* name, std::int64_t& value) override {
    if (const Json* found = find(name)) value = whole(name, *found);
  }
  void field(const char* name, double& value) override {
    if (const Json* found = find(name)) value = number(name, *found);
  }
  void field(const char* name, Range& value) override {
    if (const Json* found = find(name)) value = range(name, *found);
  }
  void field(const char* name, std::optional<Range>& value) override {
    if (const Json* found = find(name)) value = range(name, *found);
  }
  void field(const char* name, ImageSize& value) override {
    if (const Json* found = find(name)) {
      if (!found->is_array() || found->size() != 2) wrong(name, "[height, width]", *found);
      value = {whole(name, (*found)[0]), whole(name, (*found)[1])};
    }
  }
  void field(const char* name, std::vector<double>& values) override {
    if (const Json* found = find(name)) {
      if (!found->is_array()) wrong(name, "a list of numbers", *found);
      values.clear();
      for (const auto& item : *found) values.push_back(number(name, item));
    }
  }
  void field(const char* name, std::vector<Transform>& values) override {
    if (const Json* found = find(name)) values = read_transforms(*found, where_ + ": " + name, own_, depth_);
  }
  void text(const char* name, std::string& value) {
    if (const Json* found = find(name)) {
      if (!found->is_string()) wrong(name, "a text", *found);
      value = found->get<std::string>();
    }
  }

  /// Throws for an option that was never asked for.
  void check_all_known() const {
    for (const auto& item : json_.items()) {
      if (known_.count(item.key()) == 0) refuse(where_, "an unknown option " + quoted(item.key()));
    }
  }

 private:
  const Json* find(const char* name) {
    known_.insert(name);
    const auto at = json_.find(name);
    return at == json_.end() ? nullptr : &*at;
  }
  [[noreturn]] void wrong(const char* name, const std::string& expected, const Json& found) const {
    refuse(where_, std::string(name) + ": expected " + expected + ", got " + shown(found));
  }
  double number(const char* name, const Json& json) const {
    if (!json.is_number() || !std::isfinite(json.get<double>())) wrong(name, "a number", json);
    return json.get<double>();
  }
  std::int64_t whole(const char* name, const Json& json) const {
    if (json.is_number_integer() && std::abs(json.get<double>()) < 1e15) return json.get<std::int64_t>();
    wrong(name, "a whole number", json);
  }
  Range range(const char* name, const Json& json) const {
    if (!json.is_array() || json.size() != 2) wrong(name, "[low, high]", json);
    return {number(name, json[0]), number(name, json[1])};
  }

  const Json& json_;
  std::string where_;
  const Own& own_;
  int depth_;
  std::set<std::string> known_{"name"};
};

Transform read_transform(const Json& json, const Own& own, int depth) {
  if (!json.is_object() || !json.contains("name") || !json["name"].is_string()) {
    refuse("a transform", "expected {\"name\": …}, got " + shown(json));
  }
  const auto name = json["name"].get<std::string>();
  Reader reader(json, name, own, depth);
  const auto& registry = transform_registry();
  const auto at = registry.find(name);
  if (at == registry.end()) {
    const Transform* found = own.find(name);
    if (found == nullptr) refuse("a transform", "an unknown name " + quoted(name));
    reader.check_all_known();
    return *found;
  }
  try {
    Transform transform = at->second(reader);
    reader.check_all_known();
    return transform;
  } catch (const std::invalid_argument& error) {
    refuse(name, error.what());
  }
}

constexpr const char* kInterpolations[] = {"nearest", "bilinear", "bicubic"};

Interpolation interpolation_of(const std::string& name) {
  for (std::size_t i = 0; i < 3; ++i) {
    if (name == kInterpolations[i]) return static_cast<Interpolation>(i);
  }
  refuse("interpolation", "expected nearest, bilinear or bicubic, got " + quoted(name));
}

/// The options, in either direction.
template <typename Visitor>
void show_options(PipelineOptions& options, std::vector<Transform>& transforms, Visitor& visitor) {
  visitor.field("transforms", transforms);
  bool antialias = options.resample().antialias(), clip = options.clip();
  visitor.field("antialias", antialias);
  const Colour& fill = options.resample().fill();
  std::vector<double> colour(fill.begin(), fill.end());
  visitor.field("fill", colour);
  visitor.field("clip", clip);
  double min_size = options.min_size(), min_area = options.min_area(), min_visibility = options.min_visibility();
  visitor.field("min_size", min_size);
  visitor.field("min_area", min_area);
  visitor.field("min_visibility", min_visibility);
  const auto is_level = [](double value) { return value >= 0 && value <= 255 && value == std::floor(value); };
  if (colour.size() != 3 || !std::all_of(colour.begin(), colour.end(), is_level)) {
    refuse("fill", "expected three whole numbers from 0 to 255");
  }
  Colour new_fill{};
  for (std::size_t i = 0; i < 3; ++i) new_fill[i] = static_cast<std::uint8_t>(colour[i]);
  auto resample = options.resample();
  options.resample(resample.antialias(antialias).fill(new_fill)).clip(clip);
  options.min_size(min_size).min_area(min_area).min_visibility(min_visibility);
}

}  // namespace

std::string to_json(const Pipeline& pipeline) {
  Json out = Json::object();
  Writer writer(out);
  auto options = pipeline.options();
  auto transforms = pipeline.transforms();
  show_options(options, transforms, writer);
  out["interpolation"] = kInterpolations[static_cast<std::size_t>(options.resample().interpolation())];
  return out.dump(2, ' ', false, Json::error_handler_t::replace);
}

Pipeline pipeline_from_json(std::string_view text, const std::vector<Transform>& own) {
  if (text.size() > kMaxText)
    refuse("the text", "expected at most 1 MiB, got " + std::to_string(text.size()) + " bytes");
  // What lies too deep is not even kept: to print it would take a stack of its depth.
  bool too_deep = false;
  const auto shallow = [&too_deep](int depth, Json::parse_event_t, Json&) {
    too_deep = too_deep || depth > 3 * kMaxDepth;
    return !too_deep;
  };
  const Json json = Json::parse(text.begin(), text.end(), shallow, false);
  if (too_deep) refuse("the text", "expected at most " + std::to_string(3 * kMaxDepth) + " values inside each other");
  if (!json.is_object()) refuse("the text", "expected a JSON object");
  const Own names(own);
  Reader reader(json, "the pipeline", names, 0);
  PipelineOptions options;
  std::vector<Transform> transforms;
  show_options(options, transforms, reader);
  std::string interpolation = kInterpolations[static_cast<std::size_t>(options.resample().interpolation())];
  reader.text("interpolation", interpolation);
  auto resample = options.resample();
  options.resample(resample.interpolation(interpolation_of(interpolation)));
  reader.check_all_known();
  try {
    return Pipeline(std::move(transforms), std::move(options));
  } catch (const std::invalid_argument& error) {
    refuse("the pipeline", error.what());
  }
}

std::string to_json(const Plan& plan) {
  Json boxes = Json::array(), keypoints = Json::array(), drawn = Json::array();
  for (const auto& box : plan.boxes) boxes.push_back({box.xmin, box.ymin, box.xmax, box.ymax});
  for (const auto& point : plan.keypoints) keypoints.push_back({point.x, point.y, point.visibility});
  for (const auto& transform : plan.drawn) {
    Json one{{"name", transform.name}};
    for (const auto& parameter : transform.parameters) {
      if (parameter.values.size() == 1) {
        one[parameter.name] = parameter.values[0];
      } else {
        one[parameter.name] = parameter.values;
      }
    }
    drawn.push_back(std::move(one));
  }
  const Json out{{"source", {plan.source.height, plan.source.width}},
                 {"size", {plan.size.height, plan.size.width}},
                 {"map", plan.map.entries()},
                 {"boxes", std::move(boxes)},
                 {"kept", plan.kept},
                 {"dropped", plan.dropped},
                 {"keypoints", std::move(keypoints)},
                 {"drawn", std::move(drawn)}};
  return out.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace boxfeed
