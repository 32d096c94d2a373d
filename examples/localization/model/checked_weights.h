#pragma once

#include <stdexcept>
#include <string>

#include "model/weights.h"

namespace localization {

/// A file of a run that cannot be used: of another program, damaged, or of another network.
class CheckpointError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Writes a safetensors file with a checksum (XXH3) of all its bytes in its metadata; at every moment the old or the
/// new file is there. `kind` says what it holds, and in which version. Throws: `boxfeed::Error` with `kBadState` where
/// a number is not finite, `kNoSpace` or `kIoWrite`.
void write_checked(const std::string& path, const std::string& kind, Weights weights);

/// Reads such a file. Its checksum is verified before a tensor is made.
/// Throws: `CheckpointError` that says what was expected and found.
Weights read_checked(const std::string& path, const std::string& kind);

}  // namespace localization
