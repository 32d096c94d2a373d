#pragma once

#include <boxfeed/core/image_size.h>
#include <boxfeed/core/plane_map.h>
#include <boxfeed/image/decode_options.h>
#include <boxfeed/image/image_header.h>

#include <cstddef>
#include <memory>
#include <opencv2/core/mat.hpp>
#include <string>

namespace boxfeed {

/// A decoded image and what was seen on the way.
struct DecodedImage {
  /// Shape: (height, width), RGB or gray. Units: 0 to 255, in bytes or, by `DecodeOptions::pixel_type`, in floats.
  cv::Mat pixels;
  /// What the file said about itself.
  ImageHeader header;
  /// From coordinates of `pixels` to those of the displayed original at full size, exactly (a reduced image of an odd
  /// side is a little larger than the side's half).
  PlaneMap to_displayed;
  /// Bytes of a JPEG that belong to nothing, between its segments or behind its image data: harmless and common.
  std::size_t extraneous_bytes = 0;
  /// True for a JPEG that lacks its end marker and no pixel: its last two bytes, for instance.
  bool no_end_marker = false;
};

/// Decodes images out of memory, JPEG at the scale that is wanted.
///
/// An ICC profile is ignored: the numbers of the file are the numbers of the image. Of CMYK and YCCK an RGB image is
/// made.
///
/// ```cpp
/// ImageDecoder decoder;
/// DecodedImage image = decoder.decode(bytes, {244, 244});  // at least 244 × 244, where the file is
/// ```
///
/// Thread safety: one decoder for one thread; different ones share nothing.
class ImageDecoder {
 public:
  /// `channels`: 3 for RGB or 1 for gray, whatever the file holds.
  ///
  /// Throws: `std::invalid_argument` for another number, and for options that cannot be.
  explicit ImageDecoder(const DecodeOptions& options = {}, int channels = 3);
  ImageDecoder(ImageDecoder&&) noexcept;
  ImageDecoder& operator=(ImageDecoder&&) noexcept;
  ~ImageDecoder();

  const DecodeOptions& options() const noexcept;

  /// Decodes the image as it is displayed. A JPEG is decoded at the smallest of 1, 1/2, 1/4 and 1/8 of its size whose
  /// height and width are at least those of `at_least`, in displayed pixels; {0, 0} asks for the full size, and other
  /// formats always have it. `path` only serves the messages.
  ///
  /// The pixels' memory is used again by the next call if nobody holds `pixels` any more, so keeping them is safe.
  ///
  /// Throws: `ImageError` with what `read_image_header` throws, or `kTruncated`, `kCorrupt`, `kUnsupported`.
  DecodedImage decode(ByteView bytes, ImageSize at_least = {}, const std::string& path = {});

  /// As `decode`, but the pixels stay as they are stored, and `to_displayed` holds the EXIF orientation too: for those
  /// who resample the pixels anyway (`Resampler` takes the map), and need not turn them before.
  DecodedImage decode_stored(ByteView bytes, ImageSize at_least = {}, const std::string& path = {});

  /// The same for an image whose header was read already. Requires: `read_image_header` read it of these bytes, with
  /// these options.
  DecodedImage decode_stored(ByteView bytes, ImageSize at_least, const std::string& path, const ImageHeader& header);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace boxfeed
