#pragma once

#include <boxfeed/loader/detail/job.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace boxfeed::detail {

/// What must be the same where a saved state is loaded: names and values, in the order of the messages.
using Identity = std::vector<std::pair<std::string, std::string>>;

/// Who decides which batches there are.
enum class Order {
  kSeeded,    ///< a function of the seed and the epoch alone, so that asking early changes nothing
  kSampled,   ///< a sampler, which is asked when LibTorch's loader would ask it
  kStateful,  ///< the dataset: `start` resets it, workers share it, and a batch of nothing says that the epoch is over
};

/// Says which batches an epoch has, and makes a job of each.
///
/// Thread safety: asked in the caller's thread only.
class Source {
 public:
  virtual ~Source() = default;

  virtual Order order() const = 0;
  /// Begins `epoch` at its batch number `batch`.
  virtual void start(std::uint64_t epoch, std::size_t batch) = 0;
  /// The next batch of the epoch begun last, or null after the last one.
  virtual std::unique_ptr<Job> next() = 0;
  /// Batch number `batch` of `epoch`, whatever else has been asked for.
  /// Throws: `std::out_of_range`; `Error` with `kUnsupported` where there is no such access.
  virtual std::unique_ptr<Job> at(std::uint64_t epoch, std::size_t batch) = 0;
  /// The number of batches in `epoch`. Throws: `Error` with `kUnsupported` where that cannot be known.
  virtual std::size_t batches(std::uint64_t epoch) = 0;
  /// Has `epoch` begin behind its first `offset` examples, counted over all ranks; every other epoch is whole.
  virtual void skip(std::uint64_t epoch, std::size_t offset) {
    static_cast<void>(epoch);
    static_cast<void>(offset);
  }
  /// How many examples were to be skipped of `epoch`.
  virtual std::size_t skipped(std::uint64_t epoch) const {
    static_cast<void>(epoch);
    return 0;
  }
  /// The number of examples in an epoch, where it is known.
  virtual std::optional<std::size_t> examples() const { return std::nullopt; }
  /// Throws: `Error` with `kUnsupported` where a state of a few bytes cannot say where the source is.
  virtual Identity identity() const = 0;
};

}  // namespace boxfeed::detail
