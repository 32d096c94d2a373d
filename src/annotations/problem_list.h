#pragma once

#include <boxfeed/annotations/annotation_problem.h>

#include <cstddef>
#include <limits>
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
  void add(const std::string& path, std::size_t line, Reason reason, const std::string& text) {
    add({reason, path, line, {}, text});
  }
  /// Problems beyond those in the list.
  void add_unlisted(std::size_t count) { total_ += count; }

  std::size_t total() const noexcept { return total_; }
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
