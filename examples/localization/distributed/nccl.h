#pragma once

#include <torch/torch.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <torch/csrc/distributed/c10d/Store.hpp>

namespace localization {

/// What GPUs do among themselves. What is begun runs after what the current stream has to do, and what that does next
/// runs after it; the function that is returned says whether it has ended, and throws where it failed.
class GpuMembers {
 public:
  using Ended = std::function<bool()>;

  GpuMembers() = default;
  GpuMembers(const GpuMembers&) = delete;
  GpuMembers& operator=(const GpuMembers&) = delete;
  virtual ~GpuMembers() = default;

  virtual Ended begin_sum(const torch::Tensor& values) = 0;
  virtual Ended begin_broadcast(const torch::Tensor& values) = 0;
};

/// What tells a GPU from all others, for a device that NCCL can be used with; else nothing.
std::string nccl_name(const torch::Device& device);

/// Requires: a GPU of its own for each rank. `timeout`: more than the longest wait.
std::unique_ptr<GpuMembers> join_nccl(const c10::intrusive_ptr<c10d::Store>& store, int rank, int size,
                                      std::chrono::milliseconds timeout);

}  // namespace localization
