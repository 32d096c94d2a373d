#include "annotations/problem_list.h"

namespace boxfeed {

void ProblemList::throw_if_any() const {
  if (listed_.empty()) return;
  const auto& first = listed_.front();
  std::string text = first.text;
  for (std::size_t i = 1; i < listed_.size(); ++i) {
    const auto& problem = listed_[i];
    text += "\n" + problem.path + (problem.line > 0 ? ":" + std::to_string(problem.line) : "") + ": " + problem.text;
  }
  if (total_ > 1) text += "\n" + std::to_string(total_) + " problems";
  if (total_ > listed_.size()) text += ", of which the first " + std::to_string(listed_.size()) + " are listed";
  throw AnnotationError(first.reason, first.path, first.line, text);
}

}  // namespace boxfeed
