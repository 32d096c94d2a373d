#include <boxfeed/image/image_format.h>

#include <algorithm>
#include <cctype>

#include "image/byte_order.h"

namespace boxfeed {
namespace {

bool is_tiff(ByteView bytes) {
  return stands_at(bytes, 0, "II*\0") || stands_at(bytes, 0, "MM\0*") || stands_at(bytes, 0, "II+\0") ||
         stands_at(bytes, 0, "MM\0+");
}

/// The name of a format in an ISO base media file by its brand.
std::string media_name(ByteView bytes) {
  if (stands_at(bytes, 8, "avi")) return "AVIF";
  for (const auto* heif : {"heic", "heix", "hevc", "heim", "heis", "mif1", "msf1"}) {
    if (bytes.size() >= 12 && std::equal(heif, heif + 4, bytes.data() + 8)) return "HEIC";
  }
  return "an ISO media file (a video?)";
}

}  // namespace

const char* format_name(ImageFormat format) {
  switch (format) {
    case ImageFormat::kJpeg: return "JPEG";
    case ImageFormat::kPng: return "PNG";
    case ImageFormat::kBmp: return "BMP";
    case ImageFormat::kWebp: return "WebP";
    case ImageFormat::kTiff: return "TIFF";
  }
  return "unknown";
}

std::optional<ImageFormat> recognize_format(ByteView bytes) {
  if (stands_at(bytes, 0, "\xFF\xD8\xFF")) return ImageFormat::kJpeg;
  if (stands_at(bytes, 0, "\x89PNG\r\n\x1A\n")) return ImageFormat::kPng;
  if (stands_at(bytes, 0, "RIFF") && stands_at(bytes, 8, "WEBP")) return ImageFormat::kWebp;
  if (is_tiff(bytes)) return ImageFormat::kTiff;
  // "BM" alone begins many a text: the header's size must be one that exists.
  if (stands_at(bytes, 0, "BM") && bytes.size() >= 18) {
    const auto header = little32(bytes, 14);
    for (const std::uint32_t known : {12U, 40U, 52U, 56U, 64U, 108U, 124U}) {
      if (header == known) return ImageFormat::kBmp;
    }
  }
  return std::nullopt;
}

std::optional<std::string> recognize_refused_format(ByteView bytes) {
  if (stands_at(bytes, 0, "GIF8")) return "GIF";
  if (stands_at(bytes, 4, "ftyp")) return media_name(bytes);
  if (stands_at(bytes, 128, "DICM")) return "DICOM";
  if (stands_at(bytes, 0, "NITF") || stands_at(bytes, 0, "NSIF")) return "NITF";
  if (stands_at(bytes, 0, "\x76\x2F\x31\x01")) return "OpenEXR";
  if (stands_at(bytes, 0, "#?RADIANCE") || stands_at(bytes, 0, "#?RGBE")) return "Radiance HDR";
  if (stands_at(bytes, 4, "jP  \r\n\x87\n") || stands_at(bytes, 0, "\xFF\x4F\xFF\x51")) return "JPEG 2000";
  if (stands_at(bytes, 4, "JXL \r\n\x87\n") || stands_at(bytes, 0, "\xFF\x0A")) return "JPEG XL";
  if (stands_at(bytes, 0, "8BPS")) return "Photoshop";
  if (stands_at(bytes, 0, "%PDF")) return "PDF";
  if (stands_at(bytes, 0, "\x59\xA6\x6A\x95")) return "Sun raster";
  if (stands_at(bytes, 0, "<svg") || stands_at(bytes, 0, "<?xml")) return "SVG or XML";
  if (stands_at(bytes, 0, "\0\0\1\0")) return "ICO";
  if (bytes.size() >= 3 && bytes[0] == 'P' && bytes[1] >= '1' && bytes[1] <= '7' && std::isspace(bytes[2]) != 0) {
    return "PNM";
  }
  return std::nullopt;
}

bool extension_agrees(const std::string& path, ImageFormat format) {
  const auto dot = path.find_last_of("./");
  if (dot == std::string::npos || path[dot] != '.') return true;
  std::string extension = path.substr(dot + 1);
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto is = [&](std::initializer_list<const char*> names) {
    return std::any_of(names.begin(), names.end(), [&](const char* name) { return extension == name; });
  };
  if (is({"jpg", "jpeg", "jpe", "jfif", "mpo"})) return format == ImageFormat::kJpeg;
  if (is({"png"})) return format == ImageFormat::kPng;
  if (is({"bmp", "dib"})) return format == ImageFormat::kBmp;
  if (is({"webp"})) return format == ImageFormat::kWebp;
  if (is({"tif", "tiff"})) return format == ImageFormat::kTiff;
  return !is({"gif", "avif", "heic", "heif", "jp2", "jxl", "exr", "hdr", "dcm"});
}

}  // namespace boxfeed
