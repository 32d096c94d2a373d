#include <cstdlib>
#include <string>

#include "image/byte_order.h"
#include "image/exif.h"
#include "image/format_header.h"

namespace boxfeed {
namespace {

[[noreturn]] void fail_truncated(const ImageSource& source, const char* format) {
  source.fail(Reason::kTruncated, "the " + std::string(format) + " ends within its header, after " +
                                      std::to_string(source.bytes.size()) + " bytes");
}

}  // namespace

void read_png_header(const ImageSource& source, ImageHeader& header) {
  const ByteView bytes = source.bytes;
  if (bytes.size() < 33) fail_truncated(source, "PNG");
  if (big32(bytes, 8) != 13 || !stands_at(bytes, 12, "IHDR")) {
    source.fail(Reason::kCorrupt, "the PNG does not begin with its header");
  }
  header.stored = {big32(bytes, 20), big32(bytes, 16)};
  header.bit_depth = bytes[24];
  const int color = bytes[25];
  header.channels = color == 0 ? 1 : color == 4 ? 2 : color == 6 ? 4 : 3;
  for (std::size_t at = 33; bytes.part(at).size() >= 12;) {
    const ByteView content = bytes.part(at + 8, big32(bytes, at));
    if (stands_at(bytes, at + 4, "eXIf")) apply_exif(content, header);
    if (stands_at(bytes, at + 4, "acTL")) header.several_frames = true;
    if (stands_at(bytes, at + 4, "tRNS") && color != 4 && color != 6) ++header.channels;
    if (stands_at(bytes, at + 4, "IEND")) break;
    at += 12 + std::size_t{big32(bytes, at)};
  }
}

void read_bmp_header(const ImageSource& source, ImageHeader& header) {
  const ByteView bytes = source.bytes;
  const std::size_t size = little32(bytes, 14);
  if (bytes.size() < 14 + size) fail_truncated(source, "BMP");
  const bool old = size == 12;
  if (old) {
    header.stored = {little16(bytes, 20), little16(bytes, 18)};
  } else {
    const auto height = static_cast<std::int32_t>(little32(bytes, 22));
    header.stored = {std::abs(std::int64_t{height}), static_cast<std::int32_t>(little32(bytes, 18))};
  }
  const std::uint32_t bits = little16(bytes, old ? 24 : 28);
  const std::uint32_t compression = old ? 0 : little32(bytes, 30);
  if (compression != 0 && compression != 3) {
    source.fail(Reason::kUnsupported,
                "expected a BMP without compression, got its kind " + std::to_string(compression));
  }
  if (bits != 1 && bits != 4 && bits != 8 && bits != 16 && bits != 24 && bits != 32) {
    source.fail(Reason::kCorrupt, "the BMP has " + std::to_string(bits) + " bits a pixel");
  }
  header.bit_depth = bits < 8 ? static_cast<int>(bits) : 8;
}

void read_webp_header(const ImageSource& source, ImageHeader& header) {
  const ByteView bytes = source.bytes;
  if (bytes.size() < 30) fail_truncated(source, "WebP");
  header.channels = 3;
  if (stands_at(bytes, 12, "VP8 ")) {
    if (!stands_at(bytes, 23, "\x9D\x01\x2A")) source.fail(Reason::kCorrupt, "the WebP's frame has no start code");
    header.stored = {little16(bytes, 28) & 0x3FFF, little16(bytes, 26) & 0x3FFF};
  } else if (stands_at(bytes, 12, "VP8L")) {
    if (bytes[20] != 0x2F) source.fail(Reason::kCorrupt, "the WebP's frame has no signature");
    const auto bits = little32(bytes, 21);
    header.stored = {(bits >> 14 & 0x3FFF) + 1, (bits & 0x3FFF) + 1};
    header.channels = (bits >> 28 & 1) != 0 ? 4 : 3;
  } else if (stands_at(bytes, 12, "VP8X")) {
    header.stored = {std::int64_t{little24(bytes, 27)} + 1, std::int64_t{little24(bytes, 24)} + 1};
    header.channels = (bytes[20] & 0x10) != 0 ? 4 : 3;
    header.several_frames = (bytes[20] & 0x02) != 0;
    for (std::size_t at = 30; bytes.part(at).size() >= 8;) {
      const std::size_t length = little32(bytes, at + 4);
      if (stands_at(bytes, at, "EXIF")) {
        ByteView exif = bytes.part(at + 8, length);
        if (stands_at(exif, 0, "Exif\0\0")) exif = exif.part(6);
        apply_exif(exif, header);
      }
      at += 8 + length + (length & 1);
    }
  } else {
    source.fail(Reason::kCorrupt, "the WebP does not begin with an image");
  }
}

void read_tiff_header(const ImageSource& source, ImageHeader& header) {
  const auto directory = TiffDirectory::read(source.bytes);
  if (!directory) source.fail(Reason::kCorrupt, "the TIFF's first directory is damaged or is that of a BigTIFF");
  header.stored = {directory->value(0x0101).value_or(0), directory->value(0x0100).value_or(0)};
  header.channels = static_cast<int>(directory->value(0x0115).value_or(1));
  header.bit_depth = static_cast<int>(directory->value(0x0102).value_or(1));
  header.several_frames = directory->has_next();
  apply_exif(source.bytes, header);
}

}  // namespace boxfeed
