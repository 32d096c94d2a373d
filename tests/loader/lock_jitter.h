#pragma once

#include <cstdint>

namespace boxfeed::testing {

/// While one lives, every thread of this process sleeps now and then, for up to 200 microseconds, before it takes a
/// lock: what a starved machine does to the order of things. One at a time. Under a sanitizer, which watches the locks
/// itself, it does nothing.
class LockJitter {
 public:
  LockJitter();
  LockJitter(const LockJitter&) = delete;
  LockJitter& operator=(const LockJitter&) = delete;
  ~LockJitter();

  /// The sleeps so far.
  static std::uint64_t sleeps();
  /// False where it does nothing.
  static bool works();
};

}  // namespace boxfeed::testing
