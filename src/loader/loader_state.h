#pragma once

#include <boxfeed/loader/detail/source.h>

#include <cstdint>
#include <string>

namespace boxfeed::detail {

/// Where a loader stands: everything that is needed to go on at the next batch, in under 1 KiB of JSON.
struct LoaderState {
  std::uint64_t epoch = 0;
  std::uint64_t batch = 0;
  std::uint64_t failed = 0;
  /// The examples of the epoch, counted over all ranks, that were behind its beginning: those that another number of
  /// ranks had seen.
  std::uint64_t offset = 0;
  Identity identity;
};

std::string to_json(const LoaderState& state);

/// Throws: `Error` with `kBadState` for anything that `to_json` does not write, `kFormatVersion` for a later format.
LoaderState state_from_json(const std::string& text);

/// The same place for a loader with another `present` identity: in steps of its ranks' batches. Where the ranks have
/// the same batch together, the steps are the same; where each has the same batch, the epoch begins where it was left.
/// Throws: `Error` that names every other difference: `kDatasetChanged` if one of them is the dataset's, else
/// `kBadState`.
LoaderState in_steps_of(const Identity& present, LoaderState saved);

}  // namespace boxfeed::detail
