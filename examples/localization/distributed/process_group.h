#pragma once

#include <torch/torch.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "distributed/world.h"

namespace localization {

/// The exit code for a `LostRank`.
constexpr int kLostRankCode = 5;

/// The processes that train together cannot go on: one of them has ended, does not answer or was never there.
class LostRank : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What a `ProcessGroup` of several needs to reach the others.
class Members;

/// The processes that train together. What one of them calls, all must call, in the same order. Where it is one process
/// alone, each function does what that means: nothing.
///
/// Copies are the same group. Throws: `LostRank` from everything that waits for others. Thread safety: none.
class ProcessGroup {
 public:
  /// One process alone.
  ProcessGroup() = default;
  /// Returns when all processes are there. No wait in this group takes much longer than `timeout`.
  /// Throws: `LostRank`; `std::invalid_argument` for several processes where the program was built without Gloo.
  ProcessGroup(const World& world, std::chrono::milliseconds timeout);

  int rank() const noexcept { return rank_; }
  int size() const noexcept { return size_; }
  /// Whether this is rank 0, which alone writes, prints and decides.
  bool is_main() const noexcept { return rank_ == 0; }
  /// How many of `count` things that are dealt out one by one, to rank 0 first, this rank has.
  std::int64_t share_of(std::int64_t count) const { return (count - rank_ + size_ - 1) / size_; }

  /// Throws: `std::invalid_argument` where some ranks compute on another kind of device than this one.
  void check_device(const torch::Device& device) const;

  /// Makes `values` the sum over all ranks, to the bit the same in each. On a GPU, too, by way of the CPU.
  void sum(const torch::Tensor& values) const;
  /// Begins the same; the function that is returned ends it. Requires: `values` is left alone until then.
  std::function<void()> begin_sum(const torch::Tensor& values) const;
  /// Makes `values` those of rank 0.
  void broadcast(const torch::Tensor& values) const;
  /// What rank 0 says.
  std::string broadcast(const std::string& text) const;
  /// What each rank says.
  std::vector<std::string> gather(const std::string& text) const;
  /// Does `work` in rank 0 and returns its result in all, which wait for as long as `alive` is called in between.
  std::string once(const std::function<std::string()>& work) const;
  /// Tells the others that this rank is at work, where it may take longer than they wait. Thread safety: any thread.
  void alive() const;
  /// Tells the others that this rank ends, and why.
  /// Throws: `LostRank` where another rank has told the same, and this is not rank 0.
  void fail(const std::string& why) const;

 private:
  int rank_ = 0;
  int size_ = 1;
  std::shared_ptr<Members> members_;
};

}  // namespace localization
