#include <boxfeed/core/error.h>
#include <boxfeed/transforms/boxes.h>
#include <boxfeed/transforms/color.h>
#include <boxfeed/transforms/compose.h>
#include <boxfeed/transforms/geometry.h>
#include <boxfeed/transforms/pipeline.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <utility>

#include "transforms/registry.h"

namespace boxfeed::transforms {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxText = 1 << 20;
/// Deeper nesting is no pipeline but an attack on the stack.
constexpr int kMaxDepth = 20;

constexpr const char* kInterpolations[] = {"nearest", "bilinear", "bicubic"};

template <typename T>
Transform make(FieldVisitor& visitor) {
  T transform;
  transform.fields(visitor);
  return transform;
}

template <typename... T>
std::map<std::string, Transform (*)(FieldVisitor&)> registry_of() {
  return {{T().name(), make<T>}...};
}

/// Throws `Error` with `kBadState`.
[[noreturn]] void refuse_pipeline(const std::string& where, const std::string& what) {
  throw Error(Reason::kBadState, "pipeline: " + where + ": " + what);
}

/// A value as it stands in messages.
std::string shown(const Json& json) { return quoted(json.dump(-1, ' ', false, Json::error_handler_t::replace)); }

/// Writes options into an object, by name.
class JsonWriter final : public FieldVisitor {
 public:
  explicit JsonWriter(Json& out) : out_(out) {}
  void visit(const char* name, Field field, Limits) override {
    std::visit([&](const auto* value) { write(name, *value); }, field);
  }

 private:
  template <typename Value>
  void write(const char* name, const Value& value) {
    out_[name] = value;
  }
  void write(const char* name, const Range& value) { out_[name] = {value.low, value.high}; }
  void write(const char* name, const Point& value) { out_[name] = {value.x, value.y}; }
  void write(const char* name, const std::optional<Point>& value) {
    if (value) write(name, *value);
  }
  void write(const char* name, const ImageSize& value) { out_[name] = {value.height, value.width}; }
  void write(const char* name, const std::vector<Transform>& values) {
    auto list = Json::array();
    for (const auto& transform : values) {
      JsonWriter writer(list.emplace_back(Json{{"name", transform.name()}}));
      transform.visited_by(writer);
    }
    out_[name] = std::move(list);
  }

  Json& out_;
};

/// Takes options out of an object by name, and refuses what nobody took. A transform that is not one of the library's
/// is looked up in `own`. Throws: `Error` with `kBadState`.
class JsonReader final : public FieldVisitor {
 public:
  /// Keeps references to `json` and `own`.
  JsonReader(const Json& json, std::string where, const std::vector<Transform>& own, int depth = 0)
      : json_(json), where_(std::move(where)), own_(own), depth_(depth) {}

  void visit(const char* name, Field field, Limits) override {
    const Json* found = find(name);
    if (found != nullptr) std::visit([&](auto* value) { read(name, *found, *value); }, field);
  }

  std::string text(const char* name, const std::string& otherwise) {
    const Json* found = find(name);
    if (found == nullptr) return otherwise;
    if (!found->is_string()) wrong(name, "a text", *found);
    return found->get<std::string>();
  }

  /// The value of an option that is an object itself; null where it is missing.
  const Json* object(const char* name) {
    const Json* found = find(name);
    if (found != nullptr && !found->is_object()) wrong(name, "an object", *found);
    return found;
  }

  /// Throws for an option that was never asked for.
  void check_all_known() const {
    for (const auto& item : json_.items()) {
      if (known_.count(item.key()) == 0) refuse_pipeline(where_, "an unknown option " + quoted(item.key()));
    }
  }

 private:
  const Json* find(const char* name) {
    known_.insert(name);
    const auto at = json_.find(name);
    return at == json_.end() ? nullptr : &*at;
  }

  [[noreturn]] void wrong(const char* name, const std::string& expected, const Json& found) const {
    refuse_pipeline(where_, std::string(name) + ": expected " + expected + ", got " + shown(found));
  }

  void read(const char* name, const Json& json, bool& value) {
    if (!json.is_boolean()) wrong(name, "true or false", json);
    value = json.get<bool>();
  }
  void read(const char* name, const Json& json, std::int64_t& value) {
    if (!json.is_number_integer() || std::abs(json.get<double>()) >= 1e15) wrong(name, "a whole number", json);
    value = json.get<std::int64_t>();
  }
  void read(const char* name, const Json& json, double& value) {
    if (!json.is_number() || !std::isfinite(json.get<double>())) wrong(name, "a number", json);
    value = json.get<double>();
  }
  template <typename Value>
  void read_pair(const char* name, const char* expected, const Json& json, Value& first, Value& second) {
    if (!json.is_array() || json.size() != 2) wrong(name, expected, json);
    read(name, json[0], first);
    read(name, json[1], second);
  }
  void read(const char* name, const Json& json, Range& value) {
    read_pair(name, "[low, high]", json, value.low, value.high);
  }
  void read(const char* name, const Json& json, Point& value) { read_pair(name, "[x, y]", json, value.x, value.y); }
  void read(const char* name, const Json& json, std::optional<Point>& value) { read(name, json, value.emplace()); }
  void read(const char* name, const Json& json, ImageSize& value) {
    read_pair(name, "[height, width]", json, value.height, value.width);
  }
  template <typename Number>
  void read(const char* name, const Json& json, std::vector<Number>& values) {
    if (!json.is_array()) wrong(name, "a list of numbers", json);
    values.assign(json.size(), 0);
    for (std::size_t i = 0; i < values.size(); ++i) read(name, json[i], values[i]);
  }
  void read(const char* name, const Json& json, std::vector<Transform>& values) {
    if (!json.is_array()) wrong(name, "a list of transforms", json);
    if (depth_ > kMaxDepth) {
      refuse_pipeline(where_ + ": " + name,
                      "expected at most " + std::to_string(kMaxDepth) + " transforms inside each other");
    }
    values.clear();
    for (const auto& item : json) values.push_back(transform(item));
  }

  Transform transform(const Json& json) const {
    if (!json.is_object() || !json.contains("name") || !json["name"].is_string()) {
      refuse_pipeline("a transform", "expected {\"name\": …}, got " + shown(json));
    }
    const auto name = json["name"].get<std::string>();
    JsonReader reader(json, name, own_, depth_ + 1);
    try {
      Transform transform = made(name, reader);
      reader.check_all_known();
      return transform;
    } catch (const std::invalid_argument& error) {
      refuse_pipeline("a transform", error.what());
    }
  }

  Transform made(const std::string& name, JsonReader& reader) const {
    const auto known = transform_registry().find(name);
    if (known != transform_registry().end()) return known->second(reader);
    for (const auto& own : own_) {
      if (own.name() == name) return own.visited_by(reader);
    }
    refuse_pipeline("a transform", "an unknown name " + quoted(name));
  }

  const Json& json_;
  std::string where_;
  const std::vector<Transform>& own_;
  int depth_;
  std::set<std::string> known_{"name"};
};

Interpolation interpolation_of(const std::string& name) {
  for (std::size_t i = 0; i < 3; ++i) {
    if (name == kInterpolations[i]) return static_cast<Interpolation>(i);
  }
  refuse_pipeline("interpolation", "expected nearest, bilinear or bicubic, got " + quoted(name));
}

Json written(Mix mix) {
  return std::visit(
      [](auto& kind) {
        Json out{{"name", kind.kName}};
        JsonWriter writer(out);
        kind.fields(writer);
        return out;
      },
      mix);
}

Mix read_mix(const Json& json, const std::vector<Transform>& own) {
  JsonReader reader(json, "mix", own);
  const std::string name = reader.text("name", "");
  for (Mix mix : {Mix(Mosaic()), Mix(MixUp()), Mix(CutMix())}) {
    if (mix_name(mix) != name) continue;
    std::visit([&](auto& kind) { kind.fields(reader); }, mix);
    reader.check_all_known();
    return mix;
  }
  refuse_pipeline("mix", "expected the name Mosaic, MixUp or CutMix, got " + quoted(name));
}

/// The options, in either direction.
void show_options(PipelineOptions& options, std::vector<Transform>& transforms, FieldVisitor& visitor) {
  visitor.field("transforms", transforms);
  bool antialias = options.resample().antialias(), clip = options.clip();
  visitor.field("antialias", antialias);
  const Color& fill = options.resample().fill();
  std::vector<std::int64_t> color(fill.begin(), fill.end());
  visitor.field("fill", color, {0, 255});
  visitor.field("clip", clip);
  auto sanitize = options.sanitize();
  sanitize.fields(visitor);
  const auto is_level = [](std::int64_t value) { return value >= 0 && value <= 255; };
  if (color.size() != 3 || !std::all_of(color.begin(), color.end(), is_level)) {
    refuse_pipeline("fill", "expected three whole numbers from 0 to 255");
  }
  Color new_fill{};
  for (std::size_t i = 0; i < 3; ++i) new_fill[i] = static_cast<std::uint8_t>(color[i]);
  auto resample = options.resample();
  options.resample(resample.antialias(antialias).fill(new_fill)).clip(clip).sanitize(sanitize);
}

}  // namespace

const std::map<std::string, Transform (*)(FieldVisitor&)>& transform_registry() {
  static const auto registry =
      registry_of<CenterCrop, CenterResizedCrop, ClampBoundingBoxes, ColorJitter, Compose, GaussianBlur, GaussianNoise,
                  JPEG, KeepBoundingBoxes, LetterBox, Normalize, Pad, RandomAffine, RandomApply, RandomAutocontrast,
                  RandomChoice, RandomCrop, RandomEqualize, RandomErasing, RandomGrayscale, RandomHorizontalFlip,
                  RandomIoUCrop, RandomOrder, RandomPerspective, RandomPhotometricDistort, RandomPosterize,
                  RandomResizedCrop, RandomRotation, RandomVerticalFlip, RandomZoomOut, Resize, SanitizeBoundingBoxes,
                  ScaleJitter>();
  return registry;
}

std::string to_json(const Pipeline& pipeline) {
  Json out = Json::object();
  JsonWriter writer(out);
  auto options = pipeline.options();
  auto transforms = pipeline.transforms();
  show_options(options, transforms, writer);
  out["interpolation"] = kInterpolations[static_cast<std::size_t>(options.resample().interpolation())];
  if (options.mix()) out["mix"] = written(*options.mix());
  return out.dump(2, ' ', false, Json::error_handler_t::replace);
}

Pipeline pipeline_from_json(std::string_view text, const std::vector<Transform>& own) {
  if (text.size() > kMaxText)
    refuse_pipeline("the text", "expected at most 1 MiB, got " + std::to_string(text.size()) + " bytes");
  // What lies too deep is not even kept: to print it would take a stack of its depth.
  bool too_deep = false;
  const auto shallow = [&too_deep](int depth, Json::parse_event_t, Json&) {
    too_deep = too_deep || depth > 3 * kMaxDepth;
    return !too_deep;
  };
  const Json json = Json::parse(text.begin(), text.end(), shallow, false);
  if (too_deep)
    refuse_pipeline("the text", "expected at most " + std::to_string(3 * kMaxDepth) + " values inside each other");
  if (!json.is_object()) refuse_pipeline("the text", "expected a JSON object");
  JsonReader reader(json, "the pipeline", own);
  PipelineOptions options;
  std::vector<Transform> transforms;
  show_options(options, transforms, reader);
  auto resample = options.resample();
  options.resample(resample.interpolation(interpolation_of(reader.text("interpolation", "bilinear"))));
  if (const Json* mix = reader.object("mix")) options.mix(read_mix(*mix, own));
  reader.check_all_known();
  try {
    return Pipeline(std::move(transforms), std::move(options));
  } catch (const std::invalid_argument& error) {
    refuse_pipeline("the pipeline", error.what());
  }
}

}  // namespace boxfeed::transforms
