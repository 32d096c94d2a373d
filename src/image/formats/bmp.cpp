#include <cstdlib>
#include <string>
#include <vector>

#include "image/bytes.h"
#include "image/codec.h"

namespace boxfeed {
namespace {

constexpr std::size_t kFileHeader = 14;
constexpr std::size_t kOldHeader = 12;

/// Which bits of a pixel are one channel.
struct Mask {
  std::uint32_t bits = 0;

  std::uint8_t channel(std::uint32_t pixel) const {
    if (bits == 0) return 0;
    int shift = 0;
    while ((bits >> shift & 1) == 0) ++shift;
    const std::uint64_t most = bits >> shift;
    return static_cast<std::uint8_t>(((pixel & bits) >> shift) * std::uint64_t{255} / most);
  }
};

/// The fields of a BMP's header.
///
/// Source: Microsoft's documentation of BITMAPFILEHEADER, BITMAPCOREHEADER, BITMAPINFOHEADER and BITMAPV5HEADER.
struct Fields {
  ByteView bytes;
  std::size_t header_bytes;
  bool old;
  std::int64_t height, width;
  bool top_down;
  std::uint32_t bits, compression;
  std::size_t offset;  ///< where the pixels begin

  /// Requires: `bytes` reach to the end of the header.
  explicit Fields(ByteView file)
      : bytes(file),
        header_bytes(little32(bytes, kFileHeader)),
        old(header_bytes == kOldHeader),
        height(old ? std::int64_t{little16(bytes, 20)} : static_cast<std::int32_t>(little32(bytes, 22))),
        width(old ? std::int64_t{little16(bytes, 18)} : static_cast<std::int32_t>(little32(bytes, 18))),
        top_down(height < 0),
        bits(little16(bytes, old ? 24 : 28)),
        compression(old ? 0 : little32(bytes, 30)),
        offset(little32(bytes, 10)) {
    height = std::abs(height);
  }

  std::size_t row_bytes() const { return (static_cast<std::size_t>(width) * bits + 31) / 32 * 4; }
  bool reaches_its_end() const { return part(bytes, offset).size() >= row_bytes() * static_cast<std::size_t>(height); }
};

/// A BMP without compression, row by row.
class Rows {
 public:
  Rows(const ImageSource& source, const Fields& fields) : source_(source), bytes_(source.bytes), fields_(fields) {
    if (fields.offset < kFileHeader + fields.header_bytes) {
      source.fail(Reason::kCorrupt, "the BMP's pixels begin within its header");
    }
    if (!fields.reaches_its_end()) source.fail_truncated("the BMP ends within its pixels");
    read_masks();
    if (fields.bits <= 8) read_palette();
  }

  void read(std::int64_t y, std::uint8_t* rgb) const {
    const std::int64_t stored = fields_.top_down ? y : fields_.height - 1 - y;
    const std::size_t row_bytes = fields_.row_bytes(), bits = fields_.bits;
    const ByteView row = part(bytes_, fields_.offset + static_cast<std::size_t>(stored) * row_bytes, row_bytes);
    for (std::size_t x = 0; x < static_cast<std::size_t>(fields_.width); ++x, rgb += 3) {
      if (bits <= 8) {
        const std::size_t bit = x * bits;
        const std::size_t index = row[bit / 8] >> (8 - bits - bit % 8) & ((1U << bits) - 1);
        if (index >= palette_.size()) source_.fail(Reason::kCorrupt, "the BMP has a color that is not in its palette");
        for (std::size_t c = 0; c < 3; ++c) rgb[c] = palette_[index][c];
      } else if (bits == 24) {
        for (std::size_t c = 0; c < 3; ++c) rgb[c] = row[3 * x + 2 - c];
      } else {
        const std::uint32_t pixel = bits == 16 ? little16(row, 2 * x) : little32(row, 4 * x);
        for (std::size_t c = 0; c < 3; ++c) rgb[c] = masks_[c].channel(pixel);
      }
    }
  }

 private:
  void read_masks() {
    if (fields_.compression != 3) {
      masks_ = fields_.bits == 16 ? std::array<Mask, 3>{{{0x7C00}, {0x03E0}, {0x001F}}}
                                  : std::array<Mask, 3>{{{0xFF0000}, {0x00FF00}, {0x0000FF}}};
      return;
    }
    // In the longer headers, or behind the short one.
    constexpr std::size_t kAt = kFileHeader + 40;
    if (fields_.bits < 16 || fields_.bits == 24 || bytes_.size() < kAt + 12 ||
        (fields_.header_bytes == 40 && fields_.offset < kAt + 12)) {
      source_.fail(Reason::kCorrupt, "the BMP's color masks are not where they should be");
    }
    for (std::size_t c = 0; c < 3; ++c) masks_[c].bits = little32(bytes_, kAt + 4 * c);
  }

  void read_palette() {
    const std::size_t begin = kFileHeader + fields_.header_bytes, entry = fields_.old ? 3 : 4;
    const std::size_t used = fields_.old ? 0 : little32(bytes_, 46);
    std::size_t count = std::size_t{1} << fields_.bits;
    if (used > 0 && used < count) count = used;
    for (std::size_t i = 0; i < count && begin + (i + 1) * entry <= fields_.offset; ++i) {
      const std::size_t color = begin + i * entry;
      palette_.push_back({bytes_[color + 2], bytes_[color + 1], bytes_[color]});
    }
  }

  const ImageSource& source_;
  ByteView bytes_;
  Fields fields_;
  std::array<Mask, 3> masks_;
  std::vector<Color> palette_;
};

/// "BM" alone begins many a text: the header's size must be one that exists.
bool recognizes(ByteView bytes) {
  if (!stands_at(bytes, 0, "BM") || bytes.size() < 18) return false;
  const auto header = little32(bytes, kFileHeader);
  for (const std::uint32_t known : {12U, 40U, 52U, 56U, 64U, 108U, 124U}) {
    if (header == known) return true;
  }
  return false;
}

bool has_header(ByteView bytes) {
  return bytes.size() >= kFileHeader + 4 && bytes.size() >= kFileHeader + little32(bytes, kFileHeader);
}

void read_header(const ImageSource& source, const DecodeOptions& /*options*/, ImageHeader& header) {
  if (!has_header(source.bytes)) source.fail_truncated("the BMP ends within its header");
  const Fields fields(source.bytes);
  header.stored = {fields.height, fields.width};
  if (fields.compression != 0 && fields.compression != 3) {
    source.fail(Reason::kUnsupported,
                "expected a BMP without compression, got its kind " + std::to_string(fields.compression));
  }
  const auto bits = fields.bits;
  if (bits != 1 && bits != 4 && bits != 8 && bits != 16 && bits != 24 && bits != 32) {
    source.fail(Reason::kCorrupt, "the BMP has " + std::to_string(bits) + " bits a pixel");
  }
  header.bit_depth = bits < 8 ? static_cast<int>(bits) : 8;
}

void decode(const ImageSource& source, const DecodeRequest& /*request*/, Workspace& space, DecodedImage& image) {
  const Rows rows(source, Fields(source.bytes));
  image.pixels = space.pixels.take(image.header.stored, 3);
  for (int y = 0; y < image.pixels.rows; ++y) rows.read(y, image.pixels.ptr<std::uint8_t>(y));
}

ImageEnd end(ByteView bytes) {
  return has_header(bytes) && Fields(bytes).reaches_its_end() ? ImageEnd::kThere : ImageEnd::kMissing;
}

}  // namespace

const Codec kBmpCodec{
    ImageFormat::kBmp, "BMP", {{"bmp", "dib"}}, recognizes, read_header, decode, end,
};

}  // namespace boxfeed
