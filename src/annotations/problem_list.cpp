#include "annotations/problem_list.h"

#include <algorithm>
#include <iterator>

namespace boxfeed {

void ProblemList::append(const ProblemList& part, const std::string& path, std::size_t line_base) {
  for (const auto& problem : part.listed_) {
    if (listed_.size() == kept_) break;
    listed_.push_back(problem);
    listed_.back().path = path;
    listed_.back().line += line_base;
  }
  total_ += part.total_;
}

void ProblemList::merge(ProblemList other) {
  const auto own = static_cast<std::ptrdiff_t>(listed_.size());
  std::move(other.listed_.begin(), other.listed_.end(), std::back_inserter(listed_));
  std::inplace_merge(listed_.begin(), listed_.begin() + own, listed_.end(),
                     [](const auto& a, const auto& b) { return a.line < b.line; });
  if (listed_.size() > kept_) listed_.resize(kept_);
  total_ += other.total_;
}

void ProblemList::throw_if_any() const {
  if (listed_.empty()) return;
  AnnotationProblem all = listed_.front();
  for (std::size_t i = 1; i < listed_.size(); ++i) all.text += "\n" + listed_[i].place() + ": " + listed_[i].text;
  if (total_ > 1) all.text += "\n" + std::to_string(total_) + " problems";
  if (total_ > listed_.size()) all.text += ", of which the first " + std::to_string(listed_.size()) + " are listed";
  throw AnnotationError(std::move(all));
}

}  // namespace boxfeed
