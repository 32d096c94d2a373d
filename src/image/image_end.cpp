#include <boxfeed/image/image_end.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "image/byte_order.h"
#include "image/jpeg_damage.h"
#include "image/jpeg_markers.h"

namespace boxfeed {
namespace {

/// The content of a segment (a small picture, for instance) may hold an end marker of its own: it is passed over.
bool has_jpeg_end(ByteView bytes) {
  JpegMarkers markers(bytes);
  while (markers.next()) {
    if (markers.marker() == JpegMarkers::kEoi) return true;
  }
  return find_jpeg_damage(bytes).text.empty();
}

bool has_png_end(ByteView bytes) {
  std::uint64_t at = 8;
  while (at + 12 <= bytes.size()) {
    const auto chunk = static_cast<std::size_t>(at);
    at += 12 + std::uint64_t{big32(bytes, chunk)};
    if (stands_at(bytes, chunk + 4, "IEND")) return at <= bytes.size();
  }
  return false;
}

bool has_webp_end(ByteView bytes) {
  return bytes.size() >= 12 && std::uint64_t{8} + little32(bytes, 4) <= bytes.size();
}

bool has_bmp_end(ByteView bytes) {
  if (bytes.size() < 34) return false;
  const std::uint64_t offset = little32(bytes, 10);
  const std::uint32_t compression = little32(bytes, 30);
  if (compression == 1 || compression == 2) return offset < bytes.size();  // run lengths: only decoding tells
  const auto width = static_cast<std::int32_t>(little32(bytes, 18)),
             height = static_cast<std::int32_t>(little32(bytes, 22));
  const std::uint64_t row = (std::uint64_t(std::abs(std::int64_t{width})) * little16(bytes, 28) + 31) / 32 * 4;
  return offset + row * std::uint64_t(std::abs(std::int64_t{height})) <= bytes.size();
}

}  // namespace

bool has_image_end(ByteView bytes, const ImageHeader& header) {
  switch (header.format) {
    case ImageFormat::kJpeg: return has_jpeg_end(bytes);
    case ImageFormat::kPng: return has_png_end(bytes);
    case ImageFormat::kBmp: return has_bmp_end(bytes);
    case ImageFormat::kWebp: return has_webp_end(bytes);
    case ImageFormat::kTiff: return true;
  }
  return true;
}

}  // namespace boxfeed
