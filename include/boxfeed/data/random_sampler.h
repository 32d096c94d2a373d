#pragma once

#include <boxfeed/data/seeded_sampler.h>

namespace boxfeed::samplers {

/// All indices in random order, another one each epoch.
class RandomSampler : public SeededSampler {
 public:
  explicit RandomSampler(std::size_t size, std::uint64_t seed = 0) : SeededSampler(seed), size_(size) {}

  std::vector<std::size_t> order(std::uint64_t epoch) const override;
  std::size_t size() const override { return size_; }
  std::string name() const override { return "RandomSampler(" + std::to_string(size_) + ")"; }

 protected:
  void resize(std::size_t examples) override { size_ = examples; }

 private:
  std::size_t size_;
};

}  // namespace boxfeed::samplers
