#pragma once

#include <torch/torch.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "distributed/world.h"

namespace localization {

/// The way from one process to the others. Throws: `LostRank` from everything that waits.
class Members {
 public:
  Members() = default;
  Members(const Members&) = delete;
  Members& operator=(const Members&) = delete;
  virtual ~Members() = default;

  virtual std::function<void()> begin_sum(const torch::Tensor& values) = 0;
  virtual void broadcast(const torch::Tensor& values) = 0;
  /// Rank 0 has done what the others wait for.
  virtual void tell_done() = 0;
  virtual void wait_until_done() = 0;
  virtual void alive() = 0;
  /// Tells it to the others; whether it is told already by another rank, and this is not rank 0.
  virtual bool fail(const std::string& why) = 0;
};

/// Returns when all processes are there.
std::shared_ptr<Members> join(const World& world, std::chrono::milliseconds timeout);

}  // namespace localization
