#include "transforms/json_fields.h"

#include <boxfeed/core/error.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "transforms/registry.h"

namespace boxfeed::transforms {
namespace {

/// A value as it stands in messages.
std::string shown(const Json& json) { return quoted(json.dump(-1, ' ', false, Json::error_handler_t::replace)); }

}  // namespace

void refuse_pipeline(const std::string& where, const std::string& what) {
  throw Error(Reason::kBadState, "pipeline: " + where + ": " + what);
}

void JsonWriter::field(const char* name, bool& value) { out_[name] = value; }
void JsonWriter::field(const char* name, std::int64_t& value) { out_[name] = value; }
void JsonWriter::field(const char* name, double& value) { out_[name] = value; }
void JsonWriter::field(const char* name, Range& value) { out_[name] = {value.low, value.high}; }
void JsonWriter::field(const char* name, std::optional<Range>& value) {
  if (value) field(name, *value);
}
void JsonWriter::field(const char* name, std::optional<Point>& value) {
  if (value) out_[name] = {value->x, value->y};
}
void JsonWriter::field(const char* name, ImageSize& value) { out_[name] = {value.height, value.width}; }
void JsonWriter::field(const char* name, std::vector<double>& values) { out_[name] = values; }
void JsonWriter::field(const char* name, std::vector<Transform>& values) {
  auto list = Json::array();
  for (const auto& transform : values) {
    Json one{{"name", transform.name()}};
    JsonWriter writer(one);
    transform.show(writer);
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
void JsonReader::field(const char* name, std::int64_t& value) {
  if (const Json* found = find(name)) value = whole(name, *found);
}
void JsonReader::field(const char* name, double& value) {
  if (const Json* found = find(name)) value = number(name, *found);
}
void JsonReader::field(const char* name, Range& value) {
  if (const Json* found = find(name)) {
    const auto [low, high] = pair(name, "[low, high]", *found);
    value = {low, high};
  }
}
void JsonReader::field(const char* name, std::optional<Range>& value) {
  if (find(name) == nullptr) return;
  Range range;
  field(name, range);
  value = range;
}
void JsonReader::field(const char* name, std::optional<Point>& value) {
  if (const Json* found = find(name)) {
    const auto [x, y] = pair(name, "[x, y]", *found);
    value = Point{x, y};
  }
}
void JsonReader::field(const char* name, ImageSize& value) {
  if (const Json* found = find(name)) {
    if (!found->is_array() || found->size() != 2) wrong(name, "[height, width]", *found);
    value = {whole(name, (*found)[0]), whole(name, (*found)[1])};
  }
}
void JsonReader::field(const char* name, std::vector<double>& values) {
  if (const Json* found = find(name)) {
    if (!found->is_array()) wrong(name, "a list of numbers", *found);
    values.clear();
    for (const auto& item : *found) values.push_back(number(name, item));
  }
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
  const auto& registry = transform_registry();
  const auto at = registry.find(name);
  if (at == registry.end()) {
    const auto found = std::find_if(own_.begin(), own_.end(), [&](const Transform& own) { return own.name() == name; });
    if (found == own_.end()) refuse_pipeline("a transform", "an unknown name " + quoted(name));
    reader.check_all_known();
    return *found;
  }
  try {
    Transform transform = at->second(reader);
    reader.check_all_known();
    return transform;
  } catch (const std::invalid_argument& error) {
    refuse_pipeline(name, error.what());
  }
}

}  // namespace boxfeed::transforms
