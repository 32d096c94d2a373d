#pragma once

#include <boxfeed/core/error.h>

#include <cstddef>
#include <string>
#include <vector>

namespace boxfeed {

/// What is wrong with annotation files: the first problems, and the number of all of them.
class ProblemList {
 public:
  static constexpr std::size_t kListed = 20;

  /// Line 0: the file as a whole, or a format without lines.
  void add(const std::string& path, std::size_t line, Reason reason, const std::string& text) {
    if (total_++ < kListed) listed_.push_back({path, line, reason, text});
  }
  /// Problems beyond those in the list.
  void add_unlisted(std::size_t count) { total_ += count; }

  std::size_t total() const noexcept { return total_; }
  /// Throws: `CsvError` about the first, whose text goes on with the others, if there is any.
  void throw_if_any() const;

 private:
  struct Problem {
    std::string path;
    std::size_t line;
    Reason reason;
    std::string text;
  };

  std::size_t total_ = 0;
  std::vector<Problem> listed_;
};

}  // namespace boxfeed
