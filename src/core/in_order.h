#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace boxfeed {

/// Makes items one after another, works on them side by side in up to `threads` threads (the caller's is one of them),
/// and takes the results in the order in which they were made.
///
/// `produce(Item&)` returns false at the end; `work(Item&)` runs in parallel; `consume(Item&)` one at a time and in
/// order. Items are reused. Throws: what the first item in order threw; nothing after it is consumed.
template <typename Item, typename Produce, typename Work, typename Consume>
void in_order(std::size_t threads, Produce produce, Work work, Consume consume) {
  std::mutex produce_mutex, consume_mutex;
  std::condition_variable turn_changed;
  std::size_t produced = 0;    // guarded by produce_mutex
  bool ended = false;          // guarded by produce_mutex
  std::size_t turn = 0;        // guarded by consume_mutex
  std::exception_ptr failure;  // guarded by consume_mutex

  const auto run = [&] {
    Item item;
    for (;;) {
      std::exception_ptr error;
      std::size_t number = 0;
      {
        const std::lock_guard<std::mutex> lock(produce_mutex);
        if (ended) return;
        number = produced++;
        try {
          if (!produce(item)) {
            ended = true;
            return;
          }
        } catch (...) {
          error = std::current_exception();
          ended = true;
        }
      }
      if (!error) {
        try {
          work(item);
        } catch (...) {
          error = std::current_exception();
        }
      }
      std::unique_lock<std::mutex> lock(consume_mutex);
      turn_changed.wait(lock, [&] { return turn == number || failure; });
      if (failure) return;
      try {
        if (error) std::rethrow_exception(error);
        consume(item);
      } catch (...) {
        failure = std::current_exception();
      }
      ++turn;
      turn_changed.notify_all();
      if (failure) return;
    }
  };

  std::vector<std::thread> others;
  others.reserve(threads);
  for (std::size_t i = 1; i < threads; ++i) {
    try {
      others.emplace_back(run);
    } catch (const std::system_error&) {  // no more threads to be had: fewer do it too
      break;
    }
  }
  run();
  for (auto& thread : others) thread.join();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace boxfeed
