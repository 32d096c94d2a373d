#pragma once

#include <cstddef>
#include <string>

namespace localization {

/// Standard output for lines, and for a line of progress where a person watches a terminal. Output that nobody takes
/// any more (a closed pipe) is dropped.
class Console {
 public:
  Console();
  ~Console();
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  void line(const std::string& text);

  /// Replaces the line of progress; nothing happens without a terminal, or on one that cannot rewrite a line.
  void progress(const std::string& what, std::size_t done, std::size_t total);

 private:
  void clear_progress();

  bool rewritable_;
  bool shown_ = false;
  int percent_ = -1;
};

/// Makes the three standard streams safe: closed ones are opened on /dev/null, so that no file of ours gets their
/// numbers, and a closed pipe is an error code rather than a signal.
void make_streams_safe();

}  // namespace localization
