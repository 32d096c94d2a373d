#include "distributed/nccl.h"

#include <ATen/cuda/CUDAContext.h>

#include <cstdlib>
#include <fstream>
#include <string_view>
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#include <utility>

namespace localization {
namespace {

class NcclMembers : public GpuMembers {
 public:
  explicit NcclMembers(c10::intrusive_ptr<c10d::ProcessGroupNCCL> group) : group_(std::move(group)) {}

  ~NcclMembers() override { group_->abort(); }  // waits for nobody

  Ended begin_sum(const torch::Tensor& values) override {
    std::vector<torch::Tensor> tensors{values};
    return ended(group_->allreduce(tensors));
  }

  Ended begin_broadcast(const torch::Tensor& values) override {
    std::vector<torch::Tensor> tensors{values};
    return ended(group_->broadcast(tensors));
  }

 private:
  static Ended ended(const c10::intrusive_ptr<c10d::Work>& work) {
    work->wait();  // lets the current stream wait, and returns at once
    return [work] {
      if (const auto error = work->exception()) std::rethrow_exception(error);
      return work->isCompleted();
    };
  }

  c10::intrusive_ptr<c10d::ProcessGroupNCCL> group_;
};

}  // namespace

std::string nccl_name(const torch::Device& device) {
  if (!device.is_cuda()) return {};
  std::string machine;
  std::getline(std::ifstream("/proc/sys/kernel/random/boot_id"), machine);
  const auto& gpu = *at::cuda::getDeviceProperties(device.index());
  auto name = machine + " " + std::to_string(gpu.pciDomainID) + ":" + std::to_string(gpu.pciBusID) + ":" +
              std::to_string(gpu.pciDeviceID);
  const char* const shared = std::getenv("NCCL_MULTI_RANK_GPU_ENABLE");  // NCCL 2.30: several ranks may use one GPU
  if (shared != nullptr && std::string_view(shared) == "1") name += " " + std::to_string(::getpid());
  return name;
}

std::unique_ptr<GpuMembers> join_nccl(const c10::intrusive_ptr<c10d::Store>& store, int rank, int size,
                                      std::chrono::milliseconds timeout) {
  auto options = c10d::ProcessGroupNCCL::Options::create();
  options->timeout = timeout;
  return std::make_unique<NcclMembers>(c10::make_intrusive<c10d::ProcessGroupNCCL>(store, rank, size, options));
}

}  // namespace localization
