#pragma once

#include <boxfeed/core/error.h>
#include <boxfeed/core/random.h>
#include <boxfeed/data/batch_builder.h>
#include <boxfeed/loader/detail/batch_job.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
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
    const std::exception_ptr error = try_fill(place, indices_[place]);
    if (error == nullptr) return;
    this->fail({place, indices_[place], error});
    if (replaces_ && indices_.size() > 1) {
      // Another one that fails is told where its own place is.
      const std::size_t others = indices_.size() - 1;
      const std::size_t first = Random(seed_, epoch_, indices_[place]).below(others);
      for (std::size_t k = 0; k < std::min(others, kMaxReplacements); ++k) {
        const std::size_t other = place + 1 + (first + k) % others;
        if (try_fill(place, indices_[other % indices_.size()]) == nullptr) return;
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
  static constexpr std::size_t kMaxReplacements = 16;

  Batch finish() override { return std::exchange(batch_, nullptr)->finish(kept()); }

  /// What went wrong; nothing where the example is in its place.
  std::exception_ptr try_fill(std::size_t place, std::size_t index) {
    try {
      batch_->fill(place, ExampleKey{seed_, epoch_, index}, times_[place]);
    } catch (const std::exception&) {
      return std::current_exception();
    } catch (...) {
      return std::make_exception_ptr(
          Error(Reason::kHook, "example " + std::to_string(index) + ": an exception that is not a std::exception"));
    }
    return nullptr;
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
