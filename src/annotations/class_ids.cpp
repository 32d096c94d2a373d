#include "annotations/class_ids.h"

#include <algorithm>
#include <map>

#include "core/number_text.h"

namespace boxfeed {
namespace {

constexpr std::size_t kMaxClassId = 1'000'000;

/// A whole number of at most nine digits.
std::optional<std::size_t> class_id(const std::string& text) {
  if (text.empty() || text.size() > 9) return std::nullopt;
  std::size_t id = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    id = 10 * id + static_cast<std::size_t>(c - '0');
  }
  return id;
}

}  // namespace

ClassIds::ClassIds(const std::vector<std::string>& texts, const std::vector<std::string>& given)
    : given_(!given.empty()), names_(given) {
  const bool all_ids = std::all_of(texts.begin(), texts.end(), [](const auto& text) { return class_id(text); });
  if (!given_ && !all_ids) {
    for (const auto& text : texts) {
      if (class_id(text) || !is_number(text)) names_.push_back(text);
    }
    std::sort(names_.begin(), names_.end());
  }
  std::map<std::string, std::int32_t> id_of;
  for (std::size_t i = 0; i < names_.size(); ++i) id_of[names_[i]] = static_cast<std::int32_t>(i);
  for (const auto& text : texts) {
    const auto found = id_of.find(text);
    const auto id = class_id(text);
    if (found != id_of.end()) {
      ids_.emplace_back(found->second);
    } else if (id && (given_ ? *id < names_.size() : *id <= kMaxClassId)) {
      ids_.emplace_back(static_cast<std::int32_t>(*id));
      for (std::size_t k = names_.size(); k <= *id; ++k) names_.push_back(std::to_string(k));
    } else {
      ids_.emplace_back();
    }
  }
}

std::string ClassIds::expected() const {
  return given_ ? "expected one of the " + std::to_string(names_.size()) + " class names or an id below that"
                : "expected a class name or a whole number from 0 to " + std::to_string(kMaxClassId);
}

}  // namespace boxfeed
