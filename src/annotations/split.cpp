#include <boxfeed/annotations/split.h>
#include <boxfeed/core/error.h>
#include <boxfeed/core/random.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <utility>

#include "core/text.h"

namespace boxfeed {
namespace {

/// What must not be torn apart: the group, or the image where there is none.
std::string_view key_of(const AnnotationTable& table, std::size_t i) {
  const auto group = table.group(i);
  return group.empty() ? table.name(i) : group;
}

void check_fraction(const char* function, double fraction) {
  if (fraction > 0 && fraction < 1) return;
  throw std::invalid_argument(std::string(function) + ": expected a validation fraction between 0 and 1, got " +
                              std::to_string(fraction));
}

void add(Split& split, std::size_t index, bool is_validation) {
  (is_validation ? split.validation : split.train).push_back(index);
}

/// The stratum of each key: the rarest class among its objects, or -1 where it has none.
std::unordered_map<std::string_view, std::int32_t> strata_of(const AnnotationTable& table) {
  std::vector<std::size_t> counts(table.class_names().size(), 0);
  for (std::size_t i = 0; i < table.size(); ++i) {
    for (const std::int32_t id : table.class_ids(i)) ++counts[static_cast<std::size_t>(id)];
  }
  const auto rarer = [&](std::int32_t a, std::int32_t b) {
    if (b < 0) return true;
    const auto x = counts[static_cast<std::size_t>(a)], y = counts[static_cast<std::size_t>(b)];
    return x < y || (x == y && a < b);
  };
  std::unordered_map<std::string_view, std::int32_t> strata;
  for (std::size_t i = 0; i < table.size(); ++i) {
    auto& stratum = strata.try_emplace(key_of(table, i), -1).first->second;
    for (const std::int32_t id : table.class_ids(i)) {
      if (rarer(id, stratum)) stratum = id;
    }
  }
  return strata;
}

}  // namespace

double split_hash(std::string_view name, std::uint64_t seed) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  return static_cast<double>(Random(seed, 0, hash).bits()) * 0x1p-32;
}

Split split_by_hash(const AnnotationTable& table, double validation_fraction, std::uint64_t seed) {
  check_fraction("split_by_hash", validation_fraction);
  Split split;
  for (std::size_t i = 0; i < table.size(); ++i) {
    add(split, i, split_hash(key_of(table, i), seed) < validation_fraction);
  }
  return split;
}

Split split_stratified(const AnnotationTable& table, double validation_fraction, std::uint64_t seed) {
  check_fraction("split_stratified", validation_fraction);
  std::map<std::int32_t, std::vector<std::pair<double, std::string_view>>> members;
  for (const auto& [key, stratum] : strata_of(table)) members[stratum].emplace_back(split_hash(key, seed), key);
  std::unordered_map<std::string_view, bool> is_validation;
  for (auto& [stratum, keys] : members) {
    std::sort(keys.begin(), keys.end());
    const auto count = static_cast<std::size_t>(std::llround(validation_fraction * static_cast<double>(keys.size())));
    for (std::size_t i = 0; i < keys.size(); ++i) is_validation[keys[i].second] = i < count;
  }
  Split split;
  for (std::size_t i = 0; i < table.size(); ++i) add(split, i, is_validation[key_of(table, i)]);
  return split;
}

std::vector<Split> k_fold_splits(const AnnotationTable& table, std::size_t k, std::uint64_t seed) {
  if (k < 2) throw std::invalid_argument("k_fold_splits: expected at least 2 parts, got " + std::to_string(k));
  std::vector<Split> splits(k);
  for (std::size_t i = 0; i < table.size(); ++i) {
    const auto part = static_cast<std::size_t>(split_hash(key_of(table, i), seed) * static_cast<double>(k));
    for (std::size_t s = 0; s < k; ++s) add(splits[s], i, s == part);
  }
  return splits;
}

SplitKind split_kind(std::string_view word) {
  std::string plain = to_lower(word);
  plain.erase(plain.find_last_not_of("0123456789_-") + 1);
  if (plain == "train" || plain == "training") return SplitKind::kTrain;
  if (plain == "val" || plain == "valid" || plain == "validation") return SplitKind::kValidation;
  if (plain == "test" || plain == "testing") return SplitKind::kTest;
  return SplitKind::kNone;
}

std::string split_of_path(std::string_view path) {
  for (auto end = path.find_last_of("/\\"); end != std::string_view::npos && end > 0;) {
    const auto slash = path.find_last_of("/\\", end - 1);
    const auto begin = slash == std::string_view::npos ? 0 : slash + 1;
    const auto folder = path.substr(begin, end - begin);
    if (split_kind(folder) != SplitKind::kNone) return std::string(folder);
    end = slash;
  }
  return {};
}

std::optional<Split> given_split(const AnnotationTable& table) {
  Split split;
  for (std::size_t i = 0; i < table.size(); ++i) {
    switch (split_kind(table.split(i))) {
      case SplitKind::kTrain: split.train.push_back(i); break;
      case SplitKind::kValidation: split.validation.push_back(i); break;
      case SplitKind::kTest: split.test.push_back(i); break;
      case SplitKind::kNone: break;
    }
  }
  const bool some_held_out = !split.validation.empty() || !split.test.empty();
  return split.train.empty() || !some_held_out ? std::nullopt : std::optional<Split>(std::move(split));
}

}  // namespace boxfeed
