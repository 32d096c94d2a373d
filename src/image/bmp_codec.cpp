#include <array>
#include <string>
#include <vector>

#include "image/byte_order.h"
#include "image/codecs.h"

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

/// A BMP without compression, whose fields the header's reader has checked.
///
/// Source: Microsoft's documentation of BITMAPFILEHEADER, BITMAPCOREHEADER, BITMAPINFOHEADER and BITMAPV5HEADER.
class Bmp {
 public:
  Bmp(const ImageSource& source, ImageSize size) : source_(source), bytes_(source.bytes), size_(size) {
    const std::size_t header = little32(bytes_, kFileHeader);
    old_ = header == kOldHeader;
    bits_ = little16(bytes_, old_ ? 24 : 28);
    top_down_ = !old_ && (little32(bytes_, 22) & 0x80000000U) != 0;
    offset_ = little32(bytes_, 10);
    row_bytes_ = (static_cast<std::size_t>(size.width) * bits_ + 31) / 32 * 4;
    if (offset_ < kFileHeader + header) source.fail(Reason::kCorrupt, "the BMP's pixels begin within its header");
    if (bytes_.part(offset_).size() < row_bytes_ * static_cast<std::size_t>(size.height)) {
      source.fail(Reason::kTruncated,
                  "the BMP ends within its pixels, after " + std::to_string(bytes_.size()) + " bytes");
    }
    read_masks(header);
    if (bits_ <= 8) read_palette(kFileHeader + header);
  }

  void read_row(std::int64_t y, std::uint8_t* rgb) const {
    const std::int64_t stored = top_down_ ? y : size_.height - 1 - y;
    const ByteView row = bytes_.part(offset_ + static_cast<std::size_t>(stored) * row_bytes_, row_bytes_);
    for (std::size_t x = 0; x < static_cast<std::size_t>(size_.width); ++x, rgb += 3) {
      if (bits_ <= 8) {
        const std::size_t bit = x * bits_;
        const std::size_t index = row[bit / 8] >> (8 - bits_ - bit % 8) & ((1U << bits_) - 1);
        if (index >= palette_.size()) source_.fail(Reason::kCorrupt, "the BMP has a color that is not in its palette");
        for (std::size_t c = 0; c < 3; ++c) rgb[c] = palette_[index][c];
      } else if (bits_ == 24) {
        for (std::size_t c = 0; c < 3; ++c) rgb[c] = row[3 * x + 2 - c];
      } else {
        const std::uint32_t pixel = bits_ == 16 ? little16(row, 2 * x) : little32(row, 4 * x);
        for (std::size_t c = 0; c < 3; ++c) rgb[c] = masks_[c].channel(pixel);
      }
    }
  }

 private:
  void read_masks(std::size_t header) {
    const bool given = !old_ && little32(bytes_, 30) == 3;
    if (!given) {
      masks_ = bits_ == 16 ? std::array<Mask, 3>{{{0x7C00}, {0x03E0}, {0x001F}}}
                           : std::array<Mask, 3>{{{0xFF0000}, {0x00FF00}, {0x0000FF}}};
      return;
    }
    // In the longer headers, or behind the short one.
    constexpr std::size_t kAt = kFileHeader + 40;
    if (bits_ < 16 || bits_ == 24 || bytes_.size() < kAt + 12 || (header == 40 && offset_ < kAt + 12)) {
      source_.fail(Reason::kCorrupt, "the BMP's color masks are not where they should be");
    }
    for (std::size_t c = 0; c < 3; ++c) masks_[c].bits = little32(bytes_, kAt + 4 * c);
  }

  void read_palette(std::size_t at) {
    const std::size_t entry = old_ ? 3 : 4;
    const std::size_t used = old_ ? 0 : little32(bytes_, 46);
    std::size_t count = std::size_t{1} << bits_;
    if (used > 0 && used < count) count = used;
    for (std::size_t i = 0; i < count && at + (i + 1) * entry <= offset_; ++i) {
      const std::size_t color = at + i * entry;
      palette_.push_back({bytes_[color + 2], bytes_[color + 1], bytes_[color]});
    }
  }

  const ImageSource& source_;
  ByteView bytes_;
  ImageSize size_;
  bool old_ = false;
  bool top_down_ = false;
  std::size_t bits_ = 24;
  std::size_t offset_ = 0;
  std::size_t row_bytes_ = 0;
  std::array<Mask, 3> masks_;
  std::vector<Color> palette_;
};

}  // namespace

cv::Mat decode_bmp(const ImageSource& source, const ImageHeader& header, PixelBuffer& buffer) {
  const Bmp bmp(source, header.stored);
  cv::Mat pixels = buffer.take(header.stored, 3);
  for (int y = 0; y < pixels.rows; ++y) bmp.read_row(y, pixels.ptr<std::uint8_t>(y));
  return pixels;
}

}  // namespace boxfeed
