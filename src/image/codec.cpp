#include "image/codec.h"

#include <algorithm>

#include "core/text.h"
#include "image/bytes.h"

namespace boxfeed {
namespace {

using namespace std::string_view_literals;

constexpr const Codec* kCodecs[] = {&kJpegCodec, &kPngCodec, &kWebpCodec, &kBmpCodec, &kTiffCodec};

struct RefusedFormat {
  std::string_view name;
  std::size_t offset;
  std::string_view magic;
};

constexpr RefusedFormat kRefused[] = {
    {"GIF", 0, "GIF8"},
    {"AVIF", 4, "ftypavif"},
    {"AVIF", 4, "ftypavis"},
    {"HEIC", 4, "ftypheic"},
    {"HEIC", 4, "ftypheix"},
    {"HEIC", 4, "ftyphevc"},
    {"HEIC", 4, "ftypheim"},
    {"HEIC", 4, "ftypheis"},
    {"HEIC", 4, "ftypmif1"},
    {"HEIC", 4, "ftypmsf1"},
    {"an ISO media file (a video?)", 4, "ftyp"},
    {"DICOM", 128, "DICM"},
    {"NITF", 0, "NITF"},
    {"NITF", 0, "NSIF"},
    {"OpenEXR", 0, "\x76\x2F\x31\x01"},
    {"Radiance HDR", 0, "#?RADIANCE"},
    {"Radiance HDR", 0, "#?RGBE"},
    {"JPEG 2000", 4, "jP  \r\n\x87\n"},
    {"JPEG 2000", 0, "\xFF\x4F\xFF\x51"},
    {"JPEG XL", 4, "JXL \r\n\x87\n"},
    {"JPEG XL", 0, "\xFF\x0A"},
    {"Photoshop", 0, "8BPS"},
    {"PDF", 0, "%PDF"},
    {"Sun raster", 0, "\x59\xA6\x6A\x95"},
    {"SVG or XML", 0, "<svg"},
    {"SVG or XML", 0, "<?xml"},
    {"ICO", 0, "\0\0\1\0"sv},
};

constexpr std::string_view kRefusedExtensions[] = {"gif", "avif", "heic", "heif", "jp2", "jxl", "exr", "hdr", "dcm"};

/// In lower case, without the dot; empty where there is none.
std::string extension_of(const std::string& path) {
  const auto dot = path.find_last_of("./");
  if (dot == std::string::npos || path[dot] != '.') return {};
  return to_lower(std::string_view(path).substr(dot + 1));
}

template <typename Range>
bool contains(const Range& range, std::string_view value) {
  return std::find(std::begin(range), std::end(range), value) != std::end(range);
}

}  // namespace

const Codec& codec_of(ImageFormat format) {
  return **std::find_if(std::begin(kCodecs), std::end(kCodecs), [&](auto* codec) { return codec->format == format; });
}

const Codec* find_codec(ByteView bytes) {
  const auto* const* found =
      std::find_if(std::begin(kCodecs), std::end(kCodecs), [&](auto* codec) { return codec->recognizes(bytes); });
  return found == std::end(kCodecs) ? nullptr : *found;
}

std::string_view refused_format(ByteView bytes) {
  for (const auto& format : kRefused) {
    if (stands_at(bytes, format.offset, format.magic)) return format.name;
  }
  const bool netpbm =
      bytes.size() >= 3 && bytes[0] == 'P' && bytes[1] >= '1' && bytes[1] <= '7' && std::isspace(bytes[2]) != 0;
  return netpbm ? "PNM" : "";
}

const char* format_name(ImageFormat format) { return codec_of(format).name; }

bool extension_agrees(const std::string& path, ImageFormat format) {
  const std::string extension = extension_of(path);
  if (extension.empty() || contains(codec_of(format).extensions, extension)) return true;
  return !contains(kRefusedExtensions, extension) &&
         std::none_of(std::begin(kCodecs), std::end(kCodecs),
                      [&](auto* codec) { return contains(codec->extensions, extension); });
}

ImageEnd image_end(ByteView bytes, const ImageHeader& header) { return codec_of(header.format).end(bytes, header); }

}  // namespace boxfeed
