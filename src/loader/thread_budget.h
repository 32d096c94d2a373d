#pragma once

namespace boxfeed::detail {

/// While one exists, OpenCV starts no threads of its own inside the workers. The setting is the process's, so it is
/// made by the first and taken back by the last; a value that the program sets in the meantime is left alone.
///
/// Thread safety: make and destroy it in the caller's thread.
class ThreadBudget {
 public:
  ThreadBudget();
  ThreadBudget(const ThreadBudget&) = delete;
  ThreadBudget& operator=(const ThreadBudget&) = delete;
  ~ThreadBudget();
};

}  // namespace boxfeed::detail
