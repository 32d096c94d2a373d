#include "annotations/csv_problem.h"

#include <boxfeed/core/error.h>

#include <cstddef>
#include <string>

namespace boxfeed {

void CsvProblems::append(const CsvProblems& part, std::size_t line_base) {
  for (const auto& problem : part.listed_) {
    if (listed_.size() < kListed) listed_.push_back({line_base + problem.line, problem.reason, problem.text});
  }
  total_ += part.total_;
}

void CsvProblems::throw_if_any(const std::string& path) const {
  if (listed_.empty()) return;
  const auto& first = listed_.front();
  std::string text = first.text;
  for (std::size_t i = 1; i < listed_.size(); ++i) {
    text += "\n" + path + ":" + std::to_string(listed_[i].line) + ": " + listed_[i].text;
  }
  if (total_ > 1) text += "\n" + std::to_string(total_) + " problems";
  if (total_ > listed_.size()) text += ", of which the first " + std::to_string(listed_.size()) + " are listed";
  throw CsvError(first.reason, path, first.line, text);
}

}  // namespace boxfeed
