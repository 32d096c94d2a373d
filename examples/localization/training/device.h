#pragma once

#include <torch/torch.h>

#include <string>

#include "data/preprocessing.h"

namespace localization {

/// Where a network runs, and how.
struct Device {
  torch::Device where = torch::kCPU;
  bool mixed = false;  ///< convolutions in bfloat16, what needs it in float32

  bool is_gpu() const noexcept { return !where.is_cpu(); }
};

/// "auto" (a GPU, if there is one), "cpu", "cuda" or "cuda:N"; precision "auto" (mixed on a GPU), "float32" or "mixed".
/// Where no GPU is named, the processes of a machine take one each, as far as there are, by their `local_rank`.
/// Throws: `std::invalid_argument`.
Device parse_device(const std::string& name, const std::string& precision = "auto", int local_rank = 0);

/// Images of a batch on the device, normalized there if they come as bytes. Shape: (B, C, H, W).
torch::Tensor to_input(const torch::Tensor& images, const Preprocessing& preprocessing, const Device& device);

/// Mixed precision on this thread until the end of the scope, for a device that wants it.
class Autocast {
 public:
  explicit Autocast(const Device& device);
  Autocast(const Autocast&) = delete;
  Autocast& operator=(const Autocast&) = delete;
  ~Autocast();

 private:
  Device device_;
};

}  // namespace localization
