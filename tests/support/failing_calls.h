#pragma once

#include <sys/types.h>

#include <cerrno>

#include "core/system_calls.h"

namespace boxfeed::testing {

/// While it lives, the n-th `pread` of core/file fails.
class FailingRead {
 public:
  explicit FailingRead(int n, int error) : real_(system_calls()), calls_(real_) {
    left() = n;
    code() = error;
    real() = &real_;
    calls_.pread = [](int descriptor, void* buffer, std::size_t count, off_t offset) -> ssize_t {
      if (--left() != 0) return real()->pread(descriptor, buffer, count, offset);
      errno = code();
      return -1;
    };
    set_system_calls(&calls_);
  }
  FailingRead(const FailingRead&) = delete;
  FailingRead& operator=(const FailingRead&) = delete;
  ~FailingRead() { set_system_calls(nullptr); }

  /// Whether the n-th call has come.
  bool has_failed() const { return left() <= 0; }

 private:
  static int& left() {
    static int value = 0;
    return value;
  }
  static int& code() {
    static int value = 0;
    return value;
  }
  static const SystemCalls*& real() {
    static const SystemCalls* value = nullptr;
    return value;
  }

  SystemCalls real_;
  SystemCalls calls_;
};

}  // namespace boxfeed::testing
