#include "metrics/metric_state.h"

#include <boxfeed/core/error.h>

#include <algorithm>

namespace boxfeed::detail {
namespace {

constexpr int kFormat = 1;

bool is_count(const Json& json) { return json.is_number_integer() && json >= 0; }

}  // namespace

Json new_state(const char* metric) { return {{"metric", metric}, {"format", kFormat}}; }

Json to_json(const RunningSum& sum) { return Json::array({sum.sum(), sum.rest()}); }

Json to_json(const std::vector<RunningSum>& sums) {
  Json json = Json::array();
  for (const auto& sum : sums) json.push_back(to_json(sum));
  return json;
}

StateReader::StateReader(const std::string& text, const char* metric)
    : metric_(metric), json_(Json::parse(text, nullptr, /*allow_exceptions=*/false)) {
  if (!json_.is_object()) refuse("expected a JSON object, found " + quoted(text));
  if (at("metric") != metric) refuse("it is one of " + quoted(at("metric").dump()));
  if (at("format") != kFormat) {
    throw Error(Reason::kFormatVersion, "saved state of " + metric_ + ": expected format " + std::to_string(kFormat) +
                                            ", found " + quoted(at("format").dump()));
  }
}

void StateReader::require(const char* option, const Json& present) const {
  if (at(option) != present) {
    refuse(std::string(option) + " was " + at(option).dump() + " when it was saved, is " + present.dump());
  }
}

const Json& StateReader::at(const char* name) const {
  const auto found = json_.find(name);
  if (found == json_.end()) refuse(std::string("expected \"") + name + "\", found none");
  return *found;
}

std::int64_t StateReader::count(const char* name) const {
  const auto& value = at(name);
  if (!is_count(value)) refuse(std::string(name) + ": expected a count, found " + quoted(value.dump()));
  return value.get<std::int64_t>();
}

std::vector<std::int64_t> StateReader::counts(const char* name, std::size_t size) const {
  const auto& values = at(name);
  if (!values.is_array() || values.size() != size || !std::all_of(values.begin(), values.end(), is_count)) {
    refuse(std::string(name) + ": expected " + std::to_string(size) + " counts, found " + quoted(values.dump()));
  }
  return values.get<std::vector<std::int64_t>>();
}

RunningSum StateReader::sum(const char* name) const { return sum_of(name, at(name)); }

std::vector<RunningSum> StateReader::sums(const char* name) const {
  const auto& values = at(name);
  if (!values.is_array()) refuse(std::string(name) + ": expected an array, found " + quoted(values.dump()));
  std::vector<RunningSum> out;
  for (const auto& value : values) out.push_back(sum_of(name, value));
  return out;
}

RunningSum StateReader::sum_of(const char* name, const Json& pair) const {
  if (!pair.is_array() || pair.size() != 2 || !pair[0].is_number() || !pair[1].is_number()) {
    refuse(std::string(name) + ": expected a sum and its rest, found " + quoted(pair.dump()));
  }
  return {pair[0].get<double>(), pair[1].get<double>()};
}

void StateReader::refuse(const std::string& what) const {
  throw Error(Reason::kBadState, "saved state of " + metric_ + ": " + what);
}

}  // namespace boxfeed::detail
