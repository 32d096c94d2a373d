#pragma once

#include <boxfeed/core/image_size.h>
#include <boxfeed/core/plane_map.h>
#include <boxfeed/image/byte_view.h>
#include <boxfeed/image/decode_options.h>
#include <boxfeed/image/image_format.h>

#include <string>

namespace boxfeed {

/// What an image file says about itself before any pixel is decoded.
struct ImageHeader {
  ImageFormat format = ImageFormat::kJpeg;
  /// The size of the pixels as stored.
  ImageSize stored;
  /// The EXIF orientation, 1 to 8; 1 where there is none, where it is damaged, and with `apply_orientation(false)`.
  int orientation = 1;
  /// The channels in the file, alpha among them: 1, 2, 3 or 4. A palette counts as what it holds.
  int channels = 3;
  /// Bits of one channel.
  int bit_depth = 8;
  /// True where the orientation could not be read because the EXIF data are damaged.
  bool damaged_exif = false;
  /// True for an animation or a file of several pages, of which the first is decoded.
  bool several_frames = false;

  /// The size of the image as it is shown: `stored`, with the sides exchanged for the orientations 5 to 8.
  ImageSize displayed() const;

  /// From coordinates of the stored image to those of the displayed one.
  PlaneMap stored_to_displayed() const;
};

/// Reads the header, and the EXIF orientation with it, of an image whose bytes are all there, and checks the limits.
/// No pixel is decoded and no memory allocated for one. `path` only serves the messages.
///
/// Throws: `ImageError` with `kEmptyFile`, `kUnknownFormat`, `kFormatNotAllowed`, `kTruncated`, `kCorrupt`,
/// `kTooLarge`, `kTooSmall`, `kTooComplex` or `kUnsupported`.
ImageHeader read_image_header(ByteView bytes, const DecodeOptions& options = {}, const std::string& path = {});

/// The map from the stored to the displayed image for an EXIF orientation, 1 to 8.
///
/// Source: EXIF 2.32 (CIPA DC-008-2019), tag 0x0112.
PlaneMap orientation_map(ImageSize stored, int orientation);

}  // namespace boxfeed
