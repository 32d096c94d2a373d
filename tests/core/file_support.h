#pragma once

#include <boxfeed/core/error.h>
#include <boxfeed/core/file.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/system_calls.h"
#include "support/process.h"

namespace boxfeed::testing {

constexpr std::uint64_t kLimit = 1 << 20;

/// What a call of the file functions ends in: "ok" or the reason's name.
inline std::string outcome(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return reason_name(error.reason());
  }
  return "ok";
}

/// All bytes of an open file.
inline std::string content(InputFile&& file) {
  std::vector<std::uint8_t> bytes;
  file.read_all(bytes, kLimit);
  return std::string(bytes.begin(), bytes.end());
}

/// The system's calls, of which the n-th fails.
class FailingCalls {
 public:
  /// How the n-th call fails: with an error, or by doing only a part of the work where it is 0.
  FailingCalls(int n, int error, int times = 1) {
    calls = n;
    failures = times;
    number = error;
    sleeps.clear();
    static const SystemCalls real = system_calls();
    real_ = &real;
    static const SystemCalls failing{
        [](const char* path, int flags, mode_t mode) { return fails() ? -1 : real_->open(path, flags, mode); },
        [](const char* path, const char* name, int flags) {
          return fails() ? -1 : real_->open_beneath(path, name, flags);
        },
        [](const char* path, struct stat* status) { return fails() ? -1 : real_->stat(path, status); },
        [](int descriptor, struct stat* status) { return fails() ? -1 : real_->fstat(descriptor, status); },
        [](int descriptor, void* buffer, std::size_t count, off_t offset) {
          return fails() ? ssize_t{-1} : real_->pread(descriptor, buffer, shortened(count), offset);
        },
        [](int descriptor, const void* buffer, std::size_t count) {
          return fails() ? ssize_t{-1} : real_->write(descriptor, buffer, shortened(count));
        },
        [](int descriptor, const void* buffer, std::size_t count, off_t offset) {
          return fails() ? ssize_t{-1} : real_->pwrite(descriptor, buffer, shortened(count), offset);
        },
        [](int descriptor, off_t size) { return fails() ? -1 : real_->ftruncate(descriptor, size); },
        [](int descriptor, int operation) { return fails() ? -1 : real_->flock(descriptor, operation); },
        [](int descriptor) { return fails() ? -1 : real_->fsync(descriptor); },
        [](const char* from, const char* to) { return fails() ? -1 : real_->rename(from, to); },
        [](int descriptor) { return real_->close(descriptor); },
        [](std::chrono::milliseconds time) { sleeps.push_back(time.count()); },
    };
    set_system_calls(&failing);
  }
  FailingCalls(const FailingCalls&) = delete;
  FailingCalls& operator=(const FailingCalls&) = delete;
  ~FailingCalls() { set_system_calls(nullptr); }

  /// True where the n-th call was made at all.
  static bool failed() { return calls <= 0; }

  /// The times that were slept.
  inline static std::vector<std::int64_t> sleeps;

 private:
  static bool is_turn() {
    --calls;
    return calls <= 0 && -calls < failures;
  }
  static bool fails() {
    if (number == 0 || !is_turn()) return false;
    errno = number;
    return true;
  }
  static std::size_t shortened(std::size_t count) { return number == 0 && is_turn() ? (count + 2) / 3 : count; }

  inline static const SystemCalls* real_ = nullptr;
  inline static int calls = 0;
  inline static int failures = 0;
  inline static int number = 0;
};

}  // namespace boxfeed::testing
