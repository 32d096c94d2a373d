#pragma once

#include <boxfeed/core/arg.h>

#include <cstdint>
#include <optional>
#include <string>

namespace boxfeed {

/// A cache of decoded images: where it is, and how large it may become.
///
/// ```cpp
/// DatasetOptions().cache(CacheOptions());                        // in memory
/// DatasetOptions().cache(CacheOptions().path("images.pixels"));  // in a file, for this run and the next ones
/// ```
class CacheOptions {
  /// A file, made if it is not there, that any number of processes fill and read at the same time; empty for memory,
  /// which a dataset, its copies and its subsets share.
  BOXFEED_ARG(std::string, path);

  /// The most that it may hold; what does not fit is decoded each time. Without a number it grows until it is as large
  /// as what is left free, of the memory (control groups count) or of the disk. Units: bytes.
  BOXFEED_ARG(std::optional<std::uint64_t>, max_bytes);

  /// Where random geometry moves the images: they are kept as large as they would be in an output with this longer
  /// side, and never larger than they are. A view that would need more detail is decoded from its file. Without a
  /// number twice the longer side of the output, so that any view that enlarges up to two times comes from the cache.
  /// Where nothing random moves them, the output's own pixels are kept, and this counts for nothing. From the longer
  /// side of the output to 65535; else the dataset throws `std::invalid_argument`. Units: pixels.
  BOXFEED_ARG(std::optional<std::int64_t>, max_side);
};

/// What a cache holds, and what it has done for its dataset, the copies and the subsets.
struct CacheStats {
  std::uint64_t images = 0;   ///< held now, those of other datasets in the same file among them
  std::uint64_t bytes = 0;    ///< of the memory or of the file
  std::uint64_t served = 0;   ///< images that came from it
  std::uint64_t decoded = 0;  ///< images that did not: not there yet, changed less than 2 s ago, larger views, no room
  std::uint64_t damaged = 0;  ///< records whose checksum was wrong; such an image is decoded, and kept anew
  std::string remark;         ///< why it is not used or takes no more; empty while all is well
};

}  // namespace boxfeed
