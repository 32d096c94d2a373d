#pragma once

#include <torch/data/samplers/base.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace boxfeed::samplers {

/// A sampler whose order is a function of its seed and of the epoch alone. In boxfeed's loader this is what lets the
/// next epoch be loaded ahead and a state be a few bytes; LibTorch's loader takes it as any other.
///
/// On its own, it is at epoch 0 at first and goes to the next one with every `reset` that follows a `next`.
class SeededSampler : public torch::data::samplers::Sampler<> {
 public:
  explicit SeededSampler(std::uint64_t seed) : seed_(seed) {}

  /// The indices of an epoch, in order.
  virtual std::vector<std::size_t> order(std::uint64_t epoch) const = 0;
  /// The number of indices in an epoch.
  virtual std::size_t size() const = 0;
  /// What must be the same for the order to be the same, the seed excepted: "RandomSampler(196)".
  virtual std::string name() const = 0;

  std::uint64_t seed() const noexcept { return seed_; }
  void set_seed(std::uint64_t seed);
  std::uint64_t epoch() const noexcept { return epoch_; }
  /// Goes to the beginning of `epoch`.
  void set_epoch(std::uint64_t epoch);

  void reset(torch::optional<std::size_t> new_size = torch::nullopt) final;
  torch::optional<std::vector<std::size_t>> next(std::size_t batch_size) final;
  void save(torch::serialize::OutputArchive& archive) const final;
  void load(torch::serialize::InputArchive& archive) final;

 protected:
  /// Changes the number of examples to choose from.
  virtual void resize(std::size_t examples) = 0;

 private:
  void rewind();

  std::uint64_t seed_;
  std::uint64_t epoch_ = 0;
  std::size_t position_ = 0;
  bool used_ = false;
  std::vector<std::size_t> order_;
};

}  // namespace boxfeed::samplers
