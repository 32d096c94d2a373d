#include "loader/lock_jitter.h"

#include <boxfeed/core/random.h>
#include <dlfcn.h>
#include <pthread.h>

#include <atomic>
#include <ctime>

namespace {

std::atomic<bool> active{false};
std::atomic<std::uint64_t> slept{0};
std::atomic<std::uint64_t> locks{0};

}  // namespace

#if !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)

namespace {

void sleep_now_and_then() {
  if (!active.load(std::memory_order_relaxed)) return;
  boxfeed::Random random(11, 0, locks.fetch_add(1, std::memory_order_relaxed));
  if (random.below(4) != 0) return;
  slept.fetch_add(1, std::memory_order_relaxed);
  const timespec time{0, static_cast<long>(random.below(200'000))};
  ::nanosleep(&time, nullptr);
}

}  // namespace

// In front of the C library's own, which `std::mutex` calls.
extern "C" int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
  using Lock = int (*)(pthread_mutex_t*);
  static const auto real = reinterpret_cast<Lock>(::dlsym(RTLD_NEXT, "pthread_mutex_lock"));
  sleep_now_and_then();
  return real(mutex);
}

bool boxfeed::testing::LockJitter::works() { return true; }

#else

bool boxfeed::testing::LockJitter::works() { return false; }

#endif

namespace boxfeed::testing {

LockJitter::LockJitter() { active = true; }
LockJitter::~LockJitter() { active = false; }
std::uint64_t LockJitter::sleeps() { return slept; }

}  // namespace boxfeed::testing
