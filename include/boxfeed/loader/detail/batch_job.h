#pragma once

#include <boxfeed/loader/detail/job.h>
#include <boxfeed/loader/detail/on_device.h>
#include <c10/core/InferenceMode.h>

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

namespace boxfeed::detail {

/// A job that ends in a batch: in main memory, or on a device.
template <typename Batch>
class BatchJob : public Job {
 public:
  /// `device` is null for main memory.
  BatchJob(std::size_t places, std::shared_ptr<DeviceStream> device) : Job(places), device_(std::move(device)) {}

  /// Copies the batch to the device while the caller is elsewhere, where that can be done.
  void complete() noexcept final {
    if constexpr (OnDevice<Batch>::transfer == Transfer::kAhead) {
      if (!device_ || this->examples() == 0) return;
      try {
        const c10::InferenceMode normal_tensors(false);
        const auto here = std::make_shared<const Batch>(finish());
        mark_ = device_->run(
            [&] { there_.emplace(OnDevice<Batch>::copy(*here, device_->device(), /*non_blocking=*/true)); }, here);
      } catch (...) {
        error_ = std::current_exception();
      }
    }
  }

  /// The batch, where it is wanted. Requires: the job is complete and has examples. Called once.
  Batch deliver() {
    if (!device_) return finish();
    if constexpr (OnDevice<Batch>::transfer == Transfer::kNone) {
      return finish();
    } else if constexpr (OnDevice<Batch>::transfer == Transfer::kAhead) {
      if (error_) std::rethrow_exception(error_);
      OnDevice<Batch>::record(*there_, device_->wait_for(mark_.get()));
      return std::move(*there_);
    } else {
      return OnDevice<Batch>::copy(finish(), device_->device(), /*non_blocking=*/false);
    }
  }

 private:
  /// The batch in main memory. Called once.
  virtual Batch finish() = 0;

  const std::shared_ptr<DeviceStream> device_;
  std::optional<Batch> there_;
  std::shared_ptr<const DeviceStream::Mark> mark_;
  std::exception_ptr error_;
};

}  // namespace boxfeed::detail
