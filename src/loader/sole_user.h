#pragma once

#include <boxfeed/core/error.h>

#include <atomic>

namespace boxfeed::detail {

/// Held by whoever is inside a loader; a second one is refused.
class SoleUser {
 public:
  /// Throws: `Error` with `kBusy` while another one holds `used`.
  explicit SoleUser(std::atomic<bool>& used) : used_(used) {
    if (used.exchange(true, std::memory_order_acquire)) {
      throw Error(Reason::kBusy,
                  "the loader is in use already: in another thread, or it is called by what it calls itself");
    }
  }
  SoleUser(const SoleUser&) = delete;
  SoleUser& operator=(const SoleUser&) = delete;
  ~SoleUser() { used_.store(false, std::memory_order_release); }

 private:
  std::atomic<bool>& used_;
};

}  // namespace boxfeed::detail
