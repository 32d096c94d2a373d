#pragma once

#include <boxfeed/core/stage_times.h>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace boxfeed::detail {

/// An example that could not be loaded: its place in the batch, its index where that is known, and what was thrown.
struct PlaceError {
  std::size_t place = 0;
  std::optional<std::size_t> index;
  std::exception_ptr error;
};

/// One batch on its way: numbered places that workers fill in any order, each exactly once.
///
/// Thread safety: `fill` and `fail` are called from several threads at once; everything else belongs to the caller's
/// thread, before the job is submitted or after it has come back.
class Job {
 public:
  explicit Job(std::size_t places) : places_(places) {}
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;
  virtual ~Job() = default;

  std::size_t places() const noexcept { return places_; }

  /// The memory that the batch takes from `prepare` on, as far as it is known.
  virtual std::size_t bytes() const { return 0; }
  /// Gets the memory. What it throws leaves the job as it was, so that it can be tried again.
  virtual void prepare() {}
  /// Fills one place. `worker` is a number below the number of workers, and no two calls at once have the same.
  virtual void fill(std::size_t place, std::size_t worker) = 0;
  /// Called once, when the last place is filled, by whoever filled it, before the job comes back.
  virtual void complete() noexcept {}
  /// How a place is named in messages: "example 17".
  virtual std::string name_of(std::size_t place) const = 0;

  /// How many examples the batch has now that it is full; none where nothing of it can be delivered.
  virtual std::size_t examples() const = 0;
  /// The time that filling took, by stages.
  virtual StageTimes times() const { return {}; }
  /// What the user is to be thrown for the error of a place.
  virtual std::exception_ptr surfaced(const std::exception_ptr& error) const { return error; }

  /// Notes an error of a place. A place may have several, when others were tried in its stead.
  void fail(PlaceError error) {
    const std::lock_guard<std::mutex> lock(mutex_);
    errors_.push_back(std::move(error));
  }
  /// The errors, by place.
  std::vector<PlaceError> errors() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    std::vector<PlaceError> sorted = errors_;
    std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.place < b.place; });
    return sorted;
  }

 private:
  const std::size_t places_;
  mutable std::mutex mutex_;
  std::vector<PlaceError> errors_;
};

}  // namespace boxfeed::detail
