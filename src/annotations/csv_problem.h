#pragma once

#include <boxfeed/core/error.h>

#include <cstddef>
#include <string>
#include <vector>

#include "annotations/problem_list.h"

namespace boxfeed {

/// What is wrong with a line of a CSV.
struct CsvProblem {
  std::size_t line = 0;
  Reason reason = Reason::kBadNumber;
  std::string text;
};

/// The first problems of a CSV in the order of its lines, and the number of all of them.
class CsvProblems {
 public:
  static constexpr std::size_t kListed = ProblemList::kListed;

  void add(std::size_t line, Reason reason, std::string text) {
    if (total_++ < kListed) listed_.push_back({line, reason, std::move(text)});
  }
  /// Those of a part of the file whose lines are counted from `line_base` + 1.
  void append(const CsvProblems& part, std::size_t line_base);
  void clear() {
    total_ = 0;
    listed_.clear();
  }

  bool empty() const noexcept { return total_ == 0; }
  bool list_is_full() const noexcept { return total_ >= kListed; }
  /// Throws: `CsvError` about the first, whose text goes on with the others, if there is any.
  void throw_if_any(const std::string& path) const;

 private:
  std::size_t total_ = 0;
  std::vector<CsvProblem> listed_;
};

}  // namespace boxfeed
