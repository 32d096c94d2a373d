#include <boxfeed/core/error.h>
#include <boxfeed/image/image_header.h>

#include <algorithm>
#include <cctype>
#include <stdexcept>
#include <string>
#include <string_view>

#include "core/text.h"
#include "image/bytes.h"
#include "image/codec.h"

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

/// The name of a known format that is never decoded, for the message; empty for what is not recognized either.
std::string_view refused_format(ByteView bytes) {
  for (const auto& format : kRefused) {
    if (stands_at(bytes, format.offset, format.magic)) return format.name;
  }
  const bool netpbm =
      bytes.size() >= 3 && bytes[0] == 'P' && bytes[1] >= '1' && bytes[1] <= '7' && std::isspace(bytes[2]) != 0;
  return netpbm ? "PNM" : "";
}

const Codec& allowed_codec(const ImageSource& source, const DecodeOptions& options) {
  const std::string allowed = options.allow_tiff() ? "JPEG, PNG, BMP, WebP or TIFF" : "JPEG, PNG, BMP or WebP";
  const auto* const* codec = std::find_if(std::begin(kCodecs), std::end(kCodecs),
                                          [&](auto* known) { return known->recognizes(source.bytes); });
  if (codec == std::end(kCodecs)) {
    const auto refused = refused_format(source.bytes);
    if (!refused.empty()) {
      source.fail(Reason::kFormatNotAllowed, "expected " + allowed + ", got " + std::string(refused));
    }
    source.fail(Reason::kUnknownFormat, "expected " + allowed + ", got something that begins with " +
                                            quoted(std::string(reinterpret_cast<const char*>(source.bytes.data()),
                                                               std::min<std::size_t>(source.bytes.size(), 8))));
  }
  if ((*codec)->format == ImageFormat::kTiff && !options.allow_tiff()) {
    source.fail(Reason::kFormatNotAllowed, "expected " + allowed + ", got TIFF: `allow_tiff(true)` allows it");
  }
  return **codec;
}

void check_limits(const ImageSource& source, const DecodeOptions& options, const ImageHeader& header) {
  const ImageSize size = header.stored;
  const auto side = std::max(size.height, size.width);
  if (side > options.max_side()) {
    source.fail(Reason::kTooLarge, "expected sides of at most " + std::to_string(options.max_side()) +
                                       " pixels, the header says " + to_string(size) + ": the option is `max_side(n)`");
  }
  if (size.height > options.max_pixels() / size.width) {
    source.fail(Reason::kTooLarge, "expected at most " + std::to_string(options.max_pixels()) +
                                       " pixels, the header says " + to_string(size) +
                                       ": the option is `max_pixels(n)`");
  }
}

}  // namespace

const Codec& codec_of(ImageFormat format) {
  for (const Codec* codec : kCodecs) {
    if (codec->format == format) return *codec;
  }
  throw std::invalid_argument("expected a format of images, got number " + std::to_string(static_cast<int>(format)));
}

const char* format_name(ImageFormat format) { return codec_of(format).name; }

bool extension_agrees(const std::string& path, ImageFormat format) {
  const std::string extension = extension_of(path);
  if (extension.empty() || contains(codec_of(format).extensions, extension)) return true;
  return !contains(kRefusedExtensions, extension) &&
         std::none_of(std::begin(kCodecs), std::end(kCodecs),
                      [&](auto* codec) { return contains(codec->extensions, extension); });
}

ImageEnd image_end(ByteView bytes, const ImageHeader& header) { return codec_of(header.format).end(bytes); }

ImageSize ImageHeader::displayed() const { return orientation >= 5 ? ImageSize{stored.width, stored.height} : stored; }

PlaneMap ImageHeader::stored_to_displayed() const { return orientation_map(stored, orientation); }

ImageHeader read_image_header(ByteView bytes, const DecodeOptions& options, const std::string& path) {
  const ImageSource source{bytes, path};
  if (bytes.size() == 0) source.fail(Reason::kEmptyFile, "expected an image, got an empty file");
  ImageHeader header;
  const Codec& codec = allowed_codec(source, options);
  header.format = codec.format;
  codec.read_header(source, options, header);
  if (header.stored.height <= 0 || header.stored.width <= 0) {
    source.fail(Reason::kCorrupt, "expected a size, the header says " + to_string(header.stored));
  }
  check_limits(source, options, header);
  if (!options.apply_orientation()) header.orientation = 1;
  return header;
}

PlaneMap orientation_map(ImageSize stored, int orientation) {
  const auto w = static_cast<double>(stored.width);
  const auto h = static_cast<double>(stored.height);
  switch (orientation) {
    case 1: return PlaneMap();
    case 2: return PlaneMap({-1, 0, w, 0, 1, 0, 0, 0, 1});
    case 3: return PlaneMap({-1, 0, w, 0, -1, h, 0, 0, 1});
    case 4: return PlaneMap({1, 0, 0, 0, -1, h, 0, 0, 1});
    case 5: return PlaneMap({0, 1, 0, 1, 0, 0, 0, 0, 1});
    case 6: return PlaneMap({0, -1, h, 1, 0, 0, 0, 0, 1});
    case 7: return PlaneMap({0, -1, h, -1, 0, w, 0, 0, 1});
    case 8: return PlaneMap({0, 1, 0, -1, 0, w, 0, 0, 1});
    default: break;
  }
  throw std::invalid_argument("orientation_map: expected an orientation from 1 to 8, got " +
                              std::to_string(orientation));
}

}  // namespace boxfeed
