#pragma once

#include <boxfeed/loader/detail/job.h>
#include <boxfeed/loader/error_policy.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace boxfeed::detail {

/// The list of all that failed, and the count of it in the current epoch.
class ErrorLedger {
 public:
  void begin_epoch(std::uint64_t epoch, std::uint64_t failed_before);
  /// Lists an error; of more than 10 000 only the number is kept.
  void note(const PlaceError& error);

  const std::vector<LoadError>& errors() const noexcept { return errors_; }
  /// The number in the current epoch.
  std::uint64_t failed() const noexcept { return failed_; }

  /// Throws: `Error` with `kErrorBudget`, the reasons by frequency and the first twenty cases, if more of the epoch
  /// failed than `budget` allows of `examples`.
  void check(const ErrorBudget& budget, std::size_t examples) const;

 private:
  std::vector<LoadError> errors_;
  std::uint64_t epoch_ = 0;
  std::uint64_t failed_ = 0;
};

/// What `error` says, for the list.
LoadError described(const PlaceError& error, std::uint64_t epoch);

}  // namespace boxfeed::detail
