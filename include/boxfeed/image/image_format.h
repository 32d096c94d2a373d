#pragma once

#include <boxfeed/image/byte_view.h>

#include <optional>
#include <string>

namespace boxfeed {

/// The formats that can be decoded.
enum class ImageFormat { kJpeg, kPng, kBmp, kWebp, kTiff };

/// The format's name as it stands in messages: "JPEG".
const char* format_name(ImageFormat format);

/// The format of `bytes` by their magic number, never by a file's name; nothing for anything else.
std::optional<ImageFormat> recognize_format(ByteView bytes);

/// The name of a known format that is never decoded (GIF, AVIF, HEIC, DICOM, NITF, OpenEXR, Radiance HDR, JPEG 2000,
/// JPEG XL, ...), for the error message; nothing for what is not recognized either.
std::optional<std::string> recognize_refused_format(ByteView bytes);

/// False where the name's extension is that of another format than `format`: a PNG called `a.jpg`. A name without an
/// extension of an image format contradicts nothing.
bool extension_agrees(const std::string& path, ImageFormat format);

}  // namespace boxfeed
