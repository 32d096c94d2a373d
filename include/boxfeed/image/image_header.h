#pragma once

#include <boxfeed/core/image_size.h>
#include <boxfeed/core/plane_map.h>
#include <boxfeed/core/span.h>
#include <boxfeed/image/decode_options.h>

#include <cstdint>
#include <string>

namespace boxfeed {

/// The bytes of a file, which somebody else owns.
using ByteView = Span<std::uint8_t>;

/// The formats that can be decoded, recognized by their content, never by a file's name.
enum class ImageFormat { kJpeg, kPng, kWebp, kBmp, kTiff };

/// The format's name as it stands in messages: "JPEG".
const char* format_name(ImageFormat format);

/// False where the name's extension is that of another format than `format`: a PNG called `a.jpg`. A name without an
/// extension of an image format contradicts nothing.
bool extension_agrees(const std::string& path, ImageFormat format);

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
/// `kTooLarge`, `kTooComplex` or `kUnsupported`.
ImageHeader read_image_header(ByteView bytes, const DecodeOptions& options = {}, const std::string& path = {});

/// How a file ends.
enum class ImageEnd {
  kMissing,   ///< before its image data do
  kUnmarked,  ///< a JPEG that lacks its end marker and no pixel
  kThere,
};

/// Whether a file goes on to its own end: JPEG to the end marker behind its image data, PNG to IEND, WebP to the size
/// in its header, BMP to its last row; a TIFF, which may end anywhere, always. Nothing is decoded, so damage before the
/// end is not seen; but a JPEG without an end marker is read through.
///
/// Requires: `header` is what `read_image_header` read of these bytes, or of more of them.
ImageEnd image_end(ByteView bytes, const ImageHeader& header);

/// The map from the stored to the displayed image for an EXIF orientation, 1 to 8.
///
/// Source: EXIF 2.32 (CIPA DC-008-2019), tag 0x0112.
PlaneMap orientation_map(ImageSize stored, int orientation);

}  // namespace boxfeed
