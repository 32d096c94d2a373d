#pragma once

#include <exception>

namespace localization {

/// Thrown where work is given up because the user wants the program to end.
class Stopped : public std::exception {
 public:
  const char* what() const noexcept override { return "stopped"; }
};

/// From now on Ctrl-C (SIGINT) and SIGTERM ask the program to stop; the second time they end it at once, with exit code
/// 130.
void catch_stop_signals();

/// Whether the program was asked to stop. Thread safety: any number of threads.
bool stop_requested();

/// Throws: `Stopped` where the program was asked to stop.
void stop_if_requested();

}  // namespace localization
