#pragma once

#include <boxfeed/core/error.h>

#include <cstddef>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace boxfeed {

/// What is wrong with annotation files: the first problems, and the number of all of them.
class ProblemList {
 public:
  static constexpr std::size_t kListed = 20;
  static constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

  /// Keeps the first `listed` problems.
  explicit ProblemList(std::size_t listed = kListed) : kept_(listed) {}

  void add(AnnotationProblem problem) {
    if (total_++ < kept_) listed_.push_back(std::move(problem));
  }
  /// The problems of a part of the file `path`, whose lines are counted from `line_base` + 1.
  void append(const ProblemList& part, const std::string& path, std::size_t line_base);
  /// The problems of the same lines that were found apart, both in the order of the lines.
  void merge(ProblemList other);

  /// How many it keeps at most.
  std::size_t limit() const noexcept { return kept_; }
  std::size_t total() const noexcept { return total_; }
  bool list_is_full() const noexcept { return total_ >= kept_; }
  /// Those in the list, which is empty afterwards.
  std::vector<AnnotationProblem> take() { return std::exchange(listed_, {}); }

  /// Throws: `AnnotationError` about the first, whose text goes on with the others, if there is any.
  void throw_if_any() const;

 private:
  std::size_t kept_;
  std::size_t total_ = 0;
  std::vector<AnnotationProblem> listed_;
};

/// Reads by `read(ProblemList&)`, which leaves out what it lists. Without `all`, throws what `throw_if_any` throws;
/// else puts every problem behind `all`.
template <typename Read>
auto with_problems(std::vector<AnnotationProblem>* all, Read read) {
  ProblemList list(all == nullptr ? ProblemList::kListed : ProblemList::kAll);
  auto table = read(list);
  if (all == nullptr) {
    list.throw_if_any();
  } else {
    for (auto& problem : list.take()) all->push_back(std::move(problem));
  }
  return table;
}

}  // namespace boxfeed
