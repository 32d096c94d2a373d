#include "loader/loader_state.h"

#include <boxfeed/core/error.h>
#include <xxhash.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>
#include <system_error>
#include <vector>

namespace boxfeed::detail {
namespace {

constexpr int kFormat = 1;
constexpr std::size_t kMaxBytes = 4096;
/// Longer values of an identity are cut, so that no long name makes the state long, and their checksum is put behind.
constexpr std::size_t kMaxValue = 60;

[[noreturn]] void refuse(const std::string& what) {
  throw Error(Reason::kBadState, "saved state of a loader: " + what);
}

std::uint64_t number(const nlohmann::ordered_json& json, const char* name) {
  const auto found = json.find(name);
  if (found == json.end()) refuse(std::string("expected a number \"") + name + "\", found none");
  if (!found->is_number_unsigned()) {
    refuse(std::string("\"") + name + "\": expected a number of 0 or more, found " + quoted(found->dump()));
  }
  return found->get<std::uint64_t>();
}

std::string shortened(const std::string& value) {
  if (value.size() <= kMaxValue) return value;
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx",
                static_cast<unsigned long long>(XXH3_64bits(value.data(), value.size())));
  return value.substr(0, kMaxValue - 17) + ' ' + digits;
}

const std::string* find(const Identity& identity, const std::string& name) {
  const auto found =
      std::find_if(identity.begin(), identity.end(), [&](const auto& entry) { return entry.first == name; });
  return found == identity.end() ? nullptr : &found->second;
}

/// What may differ where all ranks together have the same batch, and where they have not.
const std::vector<std::string> kSplit = {"batch_size", "num_replicas"}, kRanks = {"num_replicas"};

/// The examples of an epoch that all ranks together take at each step.
std::uint64_t examples_of_step(const Identity& identity) {
  std::uint64_t examples = 1;
  for (const auto& name : kSplit) {
    const std::string* const value = find(identity, name);
    if (value == nullptr) continue;
    std::uint64_t factor = 0;
    const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), factor);
    if (error != std::errc() || end != value->data() + value->size() || factor == 0) {
      refuse(name + ": expected a number above 0, found " + quoted(*value));
    }
    constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
    examples = factor > kMost / examples ? kMost : examples * factor;
  }
  return examples;
}

/// Throws where the identities differ in more than what `may_differ`.
void require_same(const Identity& saved, const Identity& present, const std::vector<std::string>& may_differ) {
  std::string differences;
  bool dataset = false;
  const auto differs = [&](const std::string& name, const std::string* there, const std::string* here) {
    if (std::find(may_differ.begin(), may_differ.end(), name) != may_differ.end()) return;
    differences += (differences.empty() ? "" : "; ") + name + ": the state has " +
                   (there != nullptr ? quoted(*there) : "none") + ", this loader " +
                   (here != nullptr ? quoted(shortened(*here)) : "none");
    dataset = dataset || name == "dataset" || name == "examples";
  };
  for (const auto& [name, value] : present) {
    const std::string* const there = find(saved, name);
    if (there == nullptr || *there != shortened(value)) differs(name, there, &value);
  }
  for (const auto& [name, value] : saved) {
    if (find(present, name) == nullptr) differs(name, &value, nullptr);
  }
  if (!differences.empty()) {
    throw Error(dataset ? Reason::kDatasetChanged : Reason::kBadState, "saved state of another loader: " + differences);
  }
}

}  // namespace

std::string to_json(const LoaderState& state) {
  nlohmann::ordered_json loader = nlohmann::ordered_json::object();
  for (const auto& [name, value] : state.identity) loader[name] = shortened(value);
  const nlohmann::ordered_json json = {{"format", kFormat},      {"epoch", state.epoch},   {"batch", state.batch},
                                       {"failed", state.failed}, {"offset", state.offset}, {"loader", loader}};
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

LoaderState state_from_json(const std::string& text) {
  if (text.size() > kMaxBytes) {
    refuse("expected at most " + std::to_string(kMaxBytes) + " bytes, found " + std::to_string(text.size()));
  }
  const auto json = nlohmann::ordered_json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded() || !json.is_object()) refuse("expected a JSON object, found " + quoted(text));
  const std::uint64_t format = number(json, "format");
  if (format != kFormat) {
    throw Error(Reason::kFormatVersion, "saved state of a loader: expected format " + std::to_string(kFormat) +
                                            ", found " + std::to_string(format));
  }
  LoaderState state;
  state.epoch = number(json, "epoch");
  state.batch = number(json, "batch");
  state.failed = number(json, "failed");
  state.offset = number(json, "offset");
  const auto loader = json.find("loader");
  if (loader == json.end() || !loader->is_object()) refuse("expected an object \"loader\"");
  for (const auto& [name, value] : loader->items()) {
    if (!value.is_string()) refuse("\"" + name + "\": expected a string, found " + quoted(value.dump()));
    state.identity.emplace_back(name, value.get<std::string>());
  }
  return state;
}

LoaderState in_steps_of(const Identity& present, LoaderState saved) {
  const std::uint64_t there = examples_of_step(saved.identity), here = examples_of_step(present);
  require_same(saved.identity, present, there == here ? kSplit : kRanks);
  if (there == here) return saved;
  if (saved.batch > (std::numeric_limits<std::uint64_t>::max() - saved.offset) / there) {
    refuse("expected a batch, found " + std::to_string(saved.batch));
  }
  saved.offset += saved.batch * there;
  saved.batch = 0;
  return saved;
}

}  // namespace boxfeed::detail
