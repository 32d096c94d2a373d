#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <cerrno>
#include <chrono>
#include <cstddef>

namespace boxfeed {

/// The system calls that core/file makes. Tests put a double in their place that fails the n-th call.
/// Each returns what the call of its name returns, with `errno`.
struct SystemCalls {
  int (*open)(const char* path, int flags, mode_t mode);
  /// `openat2` with `RESOLVE_BENEATH`: `name` relative to the folder `path`.
  int (*open_beneath)(const char* path, const char* name, int flags);
  int (*stat)(const char* path, struct stat* status);
  int (*fstat)(int descriptor, struct stat* status);
  ssize_t (*pread)(int descriptor, void* buffer, std::size_t count, off_t offset);
  ssize_t (*write)(int descriptor, const void* buffer, std::size_t count);
  ssize_t (*pwrite)(int descriptor, const void* buffer, std::size_t count, off_t offset);
  int (*ftruncate)(int descriptor, off_t size);
  int (*flock)(int descriptor, int operation);
  int (*fsync)(int descriptor);
  int (*rename)(const char* from, const char* to);
  int (*close)(int descriptor);
  void (*sleep)(std::chrono::milliseconds time);
};

/// With which every file is opened: without waiting for a pipe, not for child processes, not as a terminal.
constexpr int kOpenFlags = O_NONBLOCK | O_CLOEXEC | O_NOCTTY;

/// Repeats `call` while it is interrupted by a signal.
template <typename Call>
auto uninterrupted(Call call) {
  for (;;) {
    const auto result = call();
    if (result >= 0 || errno != EINTR) return result;
  }
}

/// The calls in use.
const SystemCalls& system_calls() noexcept;

/// Puts other calls in place, for a test. Not thread-safe.
void set_system_calls(const SystemCalls* calls) noexcept;

}  // namespace boxfeed
