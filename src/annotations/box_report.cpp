#include <boxfeed/annotations/box_report.h>

#include <algorithm>
#include <utility>

namespace boxfeed {

void BoxReport::add(BoxChange change) {
  const auto same = [&](const Count& entry) {
    return entry.reason == change.problem.reason && entry.action == change.action;
  };
  const auto found = std::find_if(counts_.begin(), counts_.end(), same);
  if (found != counts_.end()) {
    ++found->count;
  } else {
    counts_.push_back({change.problem.reason, change.action, 1});
  }
  if (changes_.size() < kListed) changes_.push_back(std::move(change));
}

std::size_t BoxReport::count(Reason reason, BoxAction action) const noexcept {
  for (const auto& entry : counts_) {
    if (entry.reason == reason && entry.action == action) return entry.count;
  }
  return 0;
}

std::size_t BoxReport::fixed() const noexcept {
  std::size_t sum = 0;
  for (const auto& entry : counts_) sum += entry.action == BoxAction::kFix ? entry.count : 0;
  return sum;
}

std::size_t BoxReport::skipped() const noexcept {
  std::size_t sum = 0;
  for (const auto& entry : counts_) sum += entry.action == BoxAction::kSkip ? entry.count : 0;
  return sum;
}

std::string BoxReport::summary() const {
  const auto list = [&](BoxAction action) {
    std::string out;
    for (const auto& entry : counts_) {
      if (entry.action != action) continue;
      out += (out.empty() ? "" : ", ") + std::string(reason_name(entry.reason)) + " " + std::to_string(entry.count);
    }
    return " (" + out + ")";
  };
  const auto boxes = [](std::size_t n) { return std::to_string(n) + (n == 1 ? " box" : " boxes"); };
  std::string out;
  if (fixed() > 0) out = boxes(fixed()) + " repaired" + list(BoxAction::kFix);
  if (skipped() > 0) out += (out.empty() ? "" : ", ") + boxes(skipped()) + " left out" + list(BoxAction::kSkip);
  if (dropped_images_ > 0) {
    out += (out.empty() ? "" : ", ") + std::to_string(dropped_images_) + (dropped_images_ == 1 ? " image" : " images") +
           " without boxes left out";
  }
  return out;
}

}  // namespace boxfeed
