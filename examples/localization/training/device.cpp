#include "training/device.h"

#include <ATen/autocast_mode.h>
#include <boxfeed/core/error.h>
#include <torch/version.h>

#include <stdexcept>

namespace localization {
namespace {

void switch_autocast(const torch::Device& device, bool on) {
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
  at::autocast::set_autocast_dtype(device.type(), torch::kBFloat16);
  at::autocast::set_autocast_enabled(device.type(), on);
#else
  if (device.is_cuda()) {
    at::autocast::set_autocast_gpu_dtype(torch::kBFloat16);
    at::autocast::set_enabled(on);
  } else {
    at::autocast::set_autocast_cpu_dtype(torch::kBFloat16);
    at::autocast::set_cpu_enabled(on);
  }
#endif
}

torch::Device device_named(const std::string& name, int local_rank) {
  const auto gpus = torch::cuda::is_available() ? static_cast<int>(torch::cuda::device_count()) : 0;
  if (name == "auto" && gpus == 0) return torch::kCPU;
  if (gpus > 0 && (name == "auto" || name == "cuda")) {
    return {torch::kCUDA, static_cast<torch::DeviceIndex>(local_rank % gpus)};
  }
  try {
    const torch::Device device(name);
    if (device.is_cuda() && (gpus == 0 || device.index() >= gpus))
      throw std::invalid_argument("--device: there is no such device here: " + boxfeed::quoted(name));
    if (device.is_cuda() || device.is_cpu()) return device;
  } catch (const c10::Error&) {  // no device at all
  }
  throw std::invalid_argument("--device: expected auto, cpu, cuda or cuda:N, got " + boxfeed::quoted(name));
}

}  // namespace

Device parse_device(const std::string& name, const std::string& precision, int local_rank) {
  Device device{device_named(name, local_rank)};
  device.mixed = precision == "mixed" || (precision == "auto" && device.is_gpu());
  return device;
}

torch::Tensor to_input(const torch::Tensor& images, const Preprocessing& preprocessing, const Device& device) {
  auto there = images.to(device.where, /*non_blocking=*/true);
  if (there.scalar_type() != torch::kUInt8) return there;
  const auto values = [&](const std::vector<float>& channels) {
    return torch::tensor(channels, torch::TensorOptions(device.where)).view({1, -1, 1, 1});
  };
  return (there.to(torch::kFloat32) / 255 - values(preprocessing.mean)) / values(preprocessing.std);
}

Autocast::Autocast(const Device& device) : device_(device) {
  if (!device_.mixed) return;
  at::autocast::increment_nesting();
  switch_autocast(device_.where, true);
}

Autocast::~Autocast() {
  if (!device_.mixed) return;
  switch_autocast(device_.where, false);
  if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
}

}  // namespace localization
