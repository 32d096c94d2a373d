#pragma once

#include <boxfeed/data/seeded_sampler.h>

#include <numeric>

namespace boxfeed::samplers {

/// All indices in their own order.
class SequentialSampler : public SeededSampler {
 public:
  explicit SequentialSampler(std::size_t size) : SeededSampler(0), size_(size) {}

  std::vector<std::size_t> order(std::uint64_t) const override {
    std::vector<std::size_t> indices(size_);
    std::iota(indices.begin(), indices.end(), std::size_t{0});
    return indices;
  }
  std::size_t size() const override { return size_; }
  std::string name() const override { return "SequentialSampler(" + std::to_string(size_) + ")"; }

 protected:
  void resize(std::size_t examples) override { size_ = examples; }

 private:
  std::size_t size_;
};

}  // namespace boxfeed::samplers
