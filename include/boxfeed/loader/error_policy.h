#pragma once

#include <boxfeed/core/error.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>

namespace boxfeed {

/// What becomes of an example that cannot be loaded.
enum class ErrorPolicy {
  kThrow,    ///< the error is thrown when its batch is due; the batch is lost, the loader goes on with the next one
  kSkip,     ///< the batch is delivered without it
  kReplace,  ///< another example of the same batch takes its place; where none can, as kSkip
};

/// How many examples may fail in one epoch before the run is stopped: `ErrorBudget(10)`, or a share of the epoch's
/// examples, `ErrorBudget(0.01)`.
class ErrorBudget {
 public:
  /// None.
  ErrorBudget() = default;
  template <typename Number, typename = std::enable_if_t<std::is_arithmetic_v<Number>>>
  ErrorBudget(Number allowed)  // NOLINT: `max_errors(10)`
      : is_share_(std::is_floating_point_v<Number>) {
    set(static_cast<double>(allowed));
  }

  /// The number allowed in an epoch of `examples` examples.
  std::size_t allowed(std::size_t examples) const;
  /// As it stands in messages: "10", "1 %".
  std::string text() const;

 private:
  /// Throws: `std::invalid_argument` for a negative number or a share above 1.
  void set(double allowed);

  bool is_share_ = false;
  double value_ = 0;
};

/// An example that could not be loaded.
struct LoadError {
  std::uint64_t epoch = 0;
  /// Its index in the dataset; none where a whole batch of someone else's dataset failed.
  std::optional<std::size_t> index;
  /// The reason of an `Error`.
  std::optional<Reason> reason;
  std::string message;
  /// The file that it is about, if any.
  std::string path;
};

}  // namespace boxfeed
