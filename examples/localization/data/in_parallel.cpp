#include "data/in_parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace localization {

void in_parallel(std::size_t count, std::size_t threads, const std::function<Work()>& make_work,
                 const std::function<void(std::size_t)>& progress) {
  std::atomic<std::size_t> next{0}, done{0};
  std::exception_ptr failure;  // guarded by mutex
  std::mutex mutex;
  const auto run = [&](bool tells) {
    try {
      const auto work = make_work();
      for (std::size_t i = next++; i < count; i = next++) {
        work(i);
        const std::size_t finished = ++done;
        if (tells) progress(finished);
      }
    } catch (...) {
      const std::lock_guard<std::mutex> lock(mutex);
      failure = std::current_exception();
      next = count;
    }
  };
  std::vector<std::thread> others;
  for (std::size_t i = 1; i < std::min(threads, count); ++i) {
    try {
      others.emplace_back(run, false);
    } catch (const std::system_error&) {  // no more threads to be had: fewer do it, too
      break;
    }
  }
  run(true);
  for (auto& thread : others) thread.join();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace localization
