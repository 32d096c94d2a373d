#pragma once

#include <torch/torch.h>

#include <cstddef>
#include <functional>
#include <vector>

#include "distributed/process_group.h"

namespace localization {

/// Adds the gradients of all ranks while they are still computed: as soon as those of a bucket of parameters are there,
/// the last parameters first, it is on its way.
///
/// The buckets are the same in each step and each process, so that a training that is interrupted goes on to the bit.
/// (That of `c10d::Reducer` depend on the first step since the start.)
class GradientSum {
 public:
  /// Requires: `parameters` are floats on one device, in the same order in each rank.
  GradientSum(ProcessGroup group, const std::vector<torch::Tensor>& parameters,
              std::size_t bucket_bytes = std::size_t{25} << 20U);
  GradientSum(const GradientSum&) = delete;
  GradientSum& operator=(const GradientSum&) = delete;
  ~GradientSum();

  /// Before the backward pass: the parameters have no gradients.
  void begin();
  /// After it: waits, and gives each parameter its sum. A rank without a gradient for one adds nothing to it.
  /// Throws: `LostRank`.
  void finish();

 private:
  struct Parameter {
    torch::Tensor tensor;
    torch::Tensor gradient;  ///< in its bucket
    std::size_t bucket = 0;
    bool arrived = false;
    unsigned hook = 0;
  };
  struct Bucket {
    torch::Tensor values;
    std::size_t parameters = 0;
    std::size_t missing = 0;
    std::function<void()> end;
  };

  void arrived(Parameter& parameter, const torch::Tensor& gradient);
  void send_complete();

  ProcessGroup group_;
  std::vector<Parameter> parameters_;  ///< in the order of their buckets
  std::vector<Bucket> buckets_;
  std::size_t sent_ = 0;
};

}  // namespace localization
