#pragma once

#include <boxfeed/core/error.h>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "annotations/problem_list.h"

namespace boxfeed {

/// What is wrong with a line of a CSV.
struct CsvProblem {
  std::size_t line = 0;
  Reason reason = Reason::kBadNumber;
  std::string text;
  std::string image = {};
};

/// The first problems of a CSV in the order of its lines, and the number of all of them.
class CsvProblems {
 public:
  /// Keeps the first `listed` problems.
  explicit CsvProblems(std::size_t listed = ProblemList::kListed) : kept_(listed) {}

  void add(CsvProblem problem) {
    if (total_++ < kept_) listed_.push_back(std::move(problem));
  }
  /// Those of a part of the file whose lines are counted from `line_base` + 1.
  void append(const CsvProblems& part, std::size_t line_base);

  bool empty() const noexcept { return total_ == 0; }
  bool list_is_full() const noexcept { return total_ >= kept_; }
  /// Moves them into `list`, in the order of their lines.
  void move_to(ProblemList& list, const std::string& path);

 private:
  std::size_t kept_;
  std::size_t total_ = 0;
  std::vector<CsvProblem> listed_;
};

}  // namespace boxfeed
