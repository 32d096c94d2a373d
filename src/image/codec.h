#pragma once

#include <boxfeed/core/error.h>
#include <boxfeed/image/image_decoder.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "image/pixel_buffer.h"

namespace boxfeed {

/// An image's bytes and, for the messages, its path.
struct ImageSource {
  ByteView bytes;
  const std::string& path;

  [[noreturn]] void fail(Reason reason, const std::string& message) const { throw ImageError(reason, path, message); }
  /// "the PNG ends within its header, after 20 bytes".
  [[noreturn]] void fail_truncated(const std::string& where) const {
    fail(Reason::kTruncated, where + ", after " + std::to_string(bytes.size()) + " bytes");
  }
};

/// What is wanted of an image.
struct DecodeRequest {
  ImageSize at_least;                  ///< of the pixels as stored; a format without scales gives all of them
  int channels = 3;                    ///< a format that cannot convert gives what it has: gray, RGB or RGBA
  PixelType type = PixelType::kUInt8;  ///< with `kFloat32` a file of 16 bits gives 16
};

/// What one decoder keeps from image to image.
struct Workspace {
  PixelBuffer pixels;
  PixelBuffer inks;
  std::shared_ptr<void> library;  ///< TurboJPEG
};

/// An image format: all that the rest knows of it. A new one is a file in `formats/`, with a line here and one in the
/// table of `image_header.cpp`. Decoders go through the formats' own libraries: OpenCV's codecs write to the standard
/// error.
struct Codec {
  ImageFormat format;
  const char* name;
  std::array<std::string_view, 5> extensions;

  bool (*recognizes)(ByteView bytes);

  /// Fills what the format says, and throws for what cannot be one of its files. Sizes are judged by who calls.
  void (*read_header)(const ImageSource& source, const DecodeOptions& options, ImageHeader& header);

  /// Fills the pixels and, of a reduced image, the map to the stored one. `image.header` is that of these bytes. Throws
  /// for data that are truncated or damaged.
  void (*decode)(const ImageSource& source, const DecodeRequest& request, Workspace& space, DecodedImage& image);

  ImageEnd (*end)(ByteView bytes);
};

extern const Codec kJpegCodec, kPngCodec, kWebpCodec, kBmpCodec, kTiffCodec;

const Codec& codec_of(ImageFormat format);

}  // namespace boxfeed
