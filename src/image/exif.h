#pragma once

#include <cstdint>
#include <optional>

#include "image/bytes.h"

namespace boxfeed {

/// The first directory of a TIFF structure: that of a TIFF file, or of the EXIF data of another.
///
/// Source: TIFF 6.0 (Adobe, 1992), section 2.
class TiffDirectory {
 public:
  /// The directory at the start of `bytes`; nothing where the structure is damaged.
  static std::optional<TiffDirectory> read(ByteView bytes);

  /// The first value of a tag of type SHORT or LONG; nothing where there is none.
  std::optional<std::uint32_t> value(std::uint32_t tag) const;

  /// True where another directory, another page, follows.
  bool has_next() const noexcept { return has_next_; }

 private:
  ByteView bytes_;
  ByteOrder order_ = ByteOrder::kBig;
  std::size_t entries_ = 0;
  std::size_t count_ = 0;
  bool has_next_ = false;
};

/// Takes the orientation from EXIF data (from the byte order mark on), or notes that they are damaged. Without the tag,
/// and for the value 0 that some cameras write, it is 1.
void read_exif(ByteView exif, ImageHeader& header);

}  // namespace boxfeed
