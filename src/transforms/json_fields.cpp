#include "transforms/json_fields.h"

#include <boxfeed/core/error.h>
#include <boxfeed/transforms/boxes.h>
#include <boxfeed/transforms/color.h>
#include <boxfeed/transforms/compose.h>
#include <boxfeed/transforms/geometry.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace boxfeed::transforms {
namespace {

/// A value as it stands in messages.
std::string shown(const Json& json) { return quoted(json.dump(-1, ' ', false, Json::error_handler_t::replace)); }

template <typename T>
Transform make(FieldVisitor& visitor) {
  T transform;
  transform.fields(visitor);
  return transform;
}

template <typename... T>
std::map<std::string, TransformMaker> registry_of() {
  return {{T().name(), make<T>}...};
}

}  // namespace

const std::map<std::string, TransformMaker>& transform_registry() {
  static const auto registry =
      registry_of<CenterCrop, CenterResizedCrop, ClampBoundingBoxes, ColorJitter, Compose, GaussianBlur, GaussianNoise,
                  JPEG, KeepBoundingBoxes, LetterBox, Normalize, Pad, RandomAffine, RandomApply, RandomAutocontrast,
                  RandomChoice, RandomCrop, RandomEqualize, RandomErasing, RandomGrayscale, RandomHorizontalFlip,
                  RandomIoUCrop, RandomOrder, RandomPerspective, RandomPhotometricDistort, RandomPosterize,
                  RandomResizedCrop, RandomRotation, RandomVerticalFlip, RandomZoomOut, Resize, SanitizeBoundingBoxes,
                  ScaleJitter>();
  return registry;
}

void refuse_pipeline(const std::string& where, const std::string& what) {
  throw Error(Reason::kBadState, "pipeline: " + where + ": " + what);
}

void JsonWriter::field(const char* name, bool& value) { out_[name] = value; }
void JsonWriter::field(const char* name, std::int64_t& value, Limits) { out_[name] = value; }
void JsonWriter::field(const char* name, double& value, Limits) { out_[name] = value; }
void JsonWriter::field(const char* name, Range& value, Limits) { out_[name] = {value.low, value.high}; }
void JsonWriter::field(const char* name, Point& value, Limits) { out_[name] = {value.x, value.y}; }
void JsonWriter::field(const char* name, std::optional<Point>& value, Limits limits) {
  if (value) field(name, *value, limits);
}
void JsonWriter::field(const char* name, ImageSize& value) { out_[name] = {value.height, value.width}; }
void JsonWriter::field(const char* name, std::vector<std::int64_t>& values, Limits) { out_[name] = values; }
void JsonWriter::field(const char* name, std::vector<double>& values, Limits) { out_[name] = values; }
void JsonWriter::field(const char* name, std::vector<Transform>& values) {
  auto list = Json::array();
  for (const auto& transform : values) {
    Json one{{"name", transform.name()}};
    JsonWriter writer(one);
    transform.visited_by(writer);
    list.push_back(std::move(one));
  }
  out_[name] = std::move(list);
}

void JsonReader::field(const char* name, bool& value) {
  if (const Json* found = find(name)) {
    if (!found->is_boolean()) wrong(name, "true or false", *found);
    value = found->get<bool>();
  }
}
void JsonReader::field(const char* name, std::int64_t& value, Limits) {
  if (const Json* found = find(name)) value = whole(name, *found);
}
void JsonReader::field(const char* name, double& value, Limits) {
  if (const Json* found = find(name)) value = number(name, *found);
}
void JsonReader::field(const char* name, Range& value, Limits) {
  if (const Json* found = find(name)) {
    const auto [low, high] = pair(name, "[low, high]", *found);
    value = {low, high};
  }
}
void JsonReader::field(const char* name, Point& value, Limits) {
  if (const Json* found = find(name)) {
    const auto [x, y] = pair(name, "[x, y]", *found);
    value = {x, y};
  }
}
void JsonReader::field(const char* name, std::optional<Point>& value, Limits limits) {
  if (find(name) == nullptr) return;
  value.emplace();
  field(name, *value, limits);
}
void JsonReader::field(const char* name, ImageSize& value) {
  if (const Json* found = find(name)) {
    if (!found->is_array() || found->size() != 2) wrong(name, "[height, width]", *found);
    value = {whole(name, (*found)[0]), whole(name, (*found)[1])};
  }
}
template <typename Value, typename Item>
void JsonReader::list(const char* name, std::vector<Value>& values, const Item& item) {
  if (const Json* found = find(name)) {
    if (!found->is_array()) wrong(name, "a list of numbers", *found);
    values.clear();
    for (const auto& json : *found) values.push_back(item(json));
  }
}
void JsonReader::field(const char* name, std::vector<std::int64_t>& values, Limits) {
  list(name, values, [&](const Json& json) { return whole(name, json); });
}
void JsonReader::field(const char* name, std::vector<double>& values, Limits) {
  list(name, values, [&](const Json& json) { return number(name, json); });
}
void JsonReader::field(const char* name, std::vector<Transform>& values) {
  const Json* found = find(name);
  if (found == nullptr) return;
  const std::string where = where_ + ": " + name;
  if (!found->is_array()) refuse_pipeline(where, "expected a list of transforms, got " + shown(*found));
  if (depth_ > kMaxPipelineDepth) {
    refuse_pipeline(where, "expected at most " + std::to_string(kMaxPipelineDepth) + " transforms inside each other");
  }
  values.clear();
  for (const auto& item : *found) values.push_back(transform(item));
}
void JsonReader::field(const char* name, std::string& value) {
  if (const Json* found = find(name)) {
    if (!found->is_string()) wrong(name, "a text", *found);
    value = found->get<std::string>();
  }
}

const Json* JsonReader::object(const char* name) {
  const Json* found = find(name);
  if (found != nullptr && !found->is_object()) wrong(name, "an object", *found);
  return found;
}

void JsonReader::check_all_known() const {
  for (const auto& item : json_.items()) {
    if (known_.count(item.key()) == 0) refuse_pipeline(where_, "an unknown option " + quoted(item.key()));
  }
}

const Json* JsonReader::find(const char* name) {
  known_.insert(name);
  const auto at = json_.find(name);
  return at == json_.end() ? nullptr : &*at;
}

void JsonReader::wrong(const char* name, const std::string& expected, const Json& found) const {
  refuse_pipeline(where_, std::string(name) + ": expected " + expected + ", got " + shown(found));
}

double JsonReader::number(const char* name, const Json& json) const {
  if (!json.is_number() || !std::isfinite(json.get<double>())) wrong(name, "a number", json);
  return json.get<double>();
}

std::int64_t JsonReader::whole(const char* name, const Json& json) const {
  if (json.is_number_integer() && std::abs(json.get<double>()) < 1e15) return json.get<std::int64_t>();
  wrong(name, "a whole number", json);
}

std::array<double, 2> JsonReader::pair(const char* name, const char* expected, const Json& json) const {
  if (!json.is_array() || json.size() != 2) wrong(name, expected, json);
  return {number(name, json[0]), number(name, json[1])};
}

Transform JsonReader::transform(const Json& json) const {
  if (!json.is_object() || !json.contains("name") || !json["name"].is_string()) {
    refuse_pipeline("a transform", "expected {\"name\": …}, got " + shown(json));
  }
  const auto name = json["name"].get<std::string>();
  JsonReader reader(json, name, own_, depth_ + 1);
  try {
    const auto made = [&] {
      const auto& registry = transform_registry();
      const auto at = registry.find(name);
      if (at != registry.end()) return at->second(reader);
      const auto found =
          std::find_if(own_.begin(), own_.end(), [&](const Transform& own) { return own.name() == name; });
      if (found == own_.end()) refuse_pipeline("a transform", "an unknown name " + quoted(name));
      return found->visited_by(reader);
    };
    Transform transform = made();
    reader.check_all_known();
    return transform;
  } catch (const std::invalid_argument& error) {
    refuse_pipeline("a transform", error.what());
  }
}

}  // namespace boxfeed::transforms
