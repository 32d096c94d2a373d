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
  Identity identity;
};

std::string to_json(const LoaderState& state);

/// Throws: `Error` with `kBadState` for anything that `to_json` does not write, `kFormatVersion` for a later format.
LoaderState state_from_json(const std::string& json);

/// Throws: `Error` that names every difference: `kDatasetChanged` if one of them is the dataset's, else `kBadState`.
void require_same(const Identity& saved, const Identity& present);

}  // namespace boxfeed::detail
