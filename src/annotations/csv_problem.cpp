#include "annotations/csv_problem.h"

#include <boxfeed/core/error.h>

#include <cstddef>
#include <string>

#include "annotations/problem_list.h"

namespace boxfeed {

void CsvProblems::append(const CsvProblems& part, std::size_t line_base) {
  for (const auto& problem : part.listed_) {
    if (listed_.size() < kListed) listed_.push_back({line_base + problem.line, problem.reason, problem.text});
  }
  total_ += part.total_;
}

void CsvProblems::throw_if_any(const std::string& path) const {
  ProblemList list;
  for (const auto& problem : listed_) list.add(path, problem.line, problem.reason, problem.text);
  list.add_unlisted(total_ - listed_.size());
  list.throw_if_any();
}

}  // namespace boxfeed
