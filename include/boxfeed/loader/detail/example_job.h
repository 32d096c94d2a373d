#pragma once

#include <boxfeed/core/error.h>
#include <boxfeed/core/random.h>
#include <boxfeed/data/batch_builder.h>
#include <boxfeed/loader/detail/batch_job.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace boxfeed::detail {

/// A batch whose examples are loaded one by one, each into its place.
template <typename Batch>
class ExampleJob : public BatchJob<Batch> {
 public:
  ExampleJob(BatchBuilder<Batch>& builder, std::vector<std::size_t> indices, std::uint64_t seed, std::uint64_t epoch,
             bool replaces, std::shared_ptr<DeviceStream> device)
      : BatchJob<Batch>(indices.size(), std::move(device)),
        builder_(builder),
        indices_(std::move(indices)),
        seed_(seed),
        epoch_(epoch),
        replaces_(replaces),
        times_(indices_.size()),
        lost_(indices_.size(), 0) {}

  std::size_t bytes() const override { return builder_.bytes(indices_.size()); }
  void prepare() override { batch_ = builder_.start(indices_.size()); }

  void fill(std::size_t place, std::size_t) override {
    if (try_fill(place, indices_[place])) return;
    if (replaces_ && indices_.size() > 1) {
      Random random(seed_, epoch_, indices_[place]);
      for (int attempt = 0; attempt < kMaxReplacements; ++attempt) {
        const std::size_t other = place + 1 + random.below(indices_.size() - 1);
        if (try_fill(place, indices_[other % indices_.size()])) return;
      }
    }
    lost_[place] = 1;
  }

  std::string name_of(std::size_t place) const override { return "example " + std::to_string(indices_[place]); }

  std::size_t examples() const override { return kept().size(); }
  StageTimes times() const override {
    StageTimes sum;
    for (const auto& times : times_) sum += times;
    return sum;
  }

 private:
  static constexpr int kMaxReplacements = 16;

  Batch finish() override { return std::exchange(batch_, nullptr)->finish(kept()); }

  bool try_fill(std::size_t place, std::size_t index) {
    try {
      batch_->fill(place, ExampleKey{seed_, epoch_, index}, times_[place]);
      return true;
    } catch (const std::exception&) {
      this->fail({place, index, std::current_exception()});
    } catch (...) {
      this->fail({place, index,
                  std::make_exception_ptr(Error(Reason::kHook, "example " + std::to_string(index) +
                                                                   ": an exception that is not a std::exception"))});
    }
    return false;
  }

  std::vector<std::size_t> kept() const {
    std::vector<std::size_t> places;
    for (std::size_t place = 0; place < lost_.size(); ++place) {
      if (lost_[place] == 0) places.push_back(place);
    }
    return places;
  }

  BatchBuilder<Batch>& builder_;
  const std::vector<std::size_t> indices_;
  const std::uint64_t seed_;
  const std::uint64_t epoch_;
  const bool replaces_;
  std::unique_ptr<BatchInProgress<Batch>> batch_;
  // One of each for every place, so that workers share none.
  std::vector<StageTimes> times_;
  std::vector<char> lost_;
};

}  // namespace boxfeed::detail
