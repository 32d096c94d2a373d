#include "annotations/csv_problem.h"

#include <algorithm>

namespace boxfeed {

void CsvProblems::append(const CsvProblems& part, std::size_t line_base) {
  for (auto problem : part.listed_) {
    if (listed_.size() == kept_) break;
    problem.line += line_base;
    listed_.push_back(std::move(problem));
  }
  total_ += part.total_;
}

void CsvProblems::move_to(ProblemList& list, const std::string& path) {
  std::stable_sort(listed_.begin(), listed_.end(),
                   [](const CsvProblem& a, const CsvProblem& b) { return a.line < b.line; });
  const std::size_t unlisted = total_ - listed_.size();
  for (auto& problem : listed_) {
    list.add({problem.reason, path, problem.line, std::move(problem.image), std::move(problem.text)});
  }
  list.add_unlisted(unlisted);
  *this = CsvProblems(kept_);
}

}  // namespace boxfeed
