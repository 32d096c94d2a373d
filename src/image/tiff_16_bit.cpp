#include "image/tiff_16_bit.h"

#include <algorithm>
#include <vector>

namespace boxfeed {
namespace {

constexpr tmsize_t kMostBlockBytes = tmsize_t{1} << 30;

/// The strips or tiles of an image.
struct Blocks {
  bool tiled = false;
  std::uint32_t height = 0;
  std::uint32_t width = 0;
  tmsize_t bytes = 0;

  Blocks(TIFF* tiff, std::uint32_t image_height, std::uint32_t image_width) : tiled(TIFFIsTiled(tiff) != 0) {
    if (tiled) {
      TIFFGetField(tiff, TIFFTAG_TILELENGTH, &height);
      TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &width);
    } else {
      TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &height);
      height = std::min(height, image_height);
      width = image_width;
    }
    bytes = tiled ? TIFFTileSize(tiff) : TIFFStripSize(tiff);
  }

  bool make_sense(int samples) const {
    return height > 0 && width > 0 && bytes <= kMostBlockBytes &&
           std::uint64_t{height} * width * static_cast<std::uint64_t>(samples) * 2 <= static_cast<std::uint64_t>(bytes);
  }

  /// The bytes that were read of the block whose corner is at (y, x).
  tmsize_t read(TIFF* tiff, std::uint32_t y, std::uint32_t x, std::uint16_t plane,
                std::vector<std::uint16_t>& out) const {
    return tiled ? TIFFReadEncodedTile(tiff, TIFFComputeTile(tiff, x, y, 0, plane), out.data(), bytes)
                 : TIFFReadEncodedStrip(tiff, TIFFComputeStrip(tiff, y, plane), out.data(), bytes);
  }
};

std::uint16_t without_alpha(std::uint32_t value, std::uint32_t alpha) {
  return static_cast<std::uint16_t>(
      alpha == 0 ? 0 : std::min<std::uint64_t>((std::uint64_t{value} * 65535 + alpha / 2) / alpha, 65535));
}

}  // namespace

std::optional<Tiff16Bit> Tiff16Bit::of(TIFF* tiff) {
  std::uint16_t bits = 0, format = 0, samples = 0, photometric = 0, planar = 0, extra = 0;
  std::uint16_t* kinds = nullptr;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &bits);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &format);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &samples);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &planar);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_EXTRASAMPLES, &extra, &kinds);
  if (bits != 16 || format != SAMPLEFORMAT_UINT || samples > 8) return {};
  if (TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &photometric) == 0) return {};
  const bool rgb = photometric == PHOTOMETRIC_RGB;
  if (!rgb && photometric != PHOTOMETRIC_MINISBLACK && photometric != PHOTOMETRIC_MINISWHITE) return {};
  Tiff16Bit layout;
  layout.samples = samples;
  layout.colors = rgb ? 3 : 1;
  if (layout.samples < layout.colors) return {};
  layout.white_is_zero = photometric == PHOTOMETRIC_MINISWHITE;
  // As libtiff has it for 8 bits: a fourth sample that nobody explains is alpha, multiplied.
  const bool explained = extra > 0 && kinds[0] != EXTRASAMPLE_UNSPECIFIED;
  layout.alpha = layout.samples > layout.colors && (explained || layout.samples > 3);
  layout.multiplied = layout.alpha && !(explained && kinds[0] == EXTRASAMPLE_UNASSALPHA);
  layout.separate = planar == PLANARCONFIG_SEPARATE;
  return layout;
}

bool Tiff16Bit::read(TIFF* tiff, cv::Mat& pixels) const {
  const auto height = static_cast<std::uint32_t>(pixels.rows), width = static_cast<std::uint32_t>(pixels.cols);
  const Blocks blocks(tiff, height, width);
  const int used = colors + (alpha ? 1 : 0), in_block = separate ? 1 : samples, out_channels = channels();
  if (!blocks.make_sense(in_block)) return false;
  std::vector<std::uint16_t> block(static_cast<std::size_t>(blocks.bytes + 1) / 2);
  for (int plane = 0; plane < (separate ? used : 1); ++plane) {
    for (std::uint32_t top = 0; top < height; top += blocks.height) {
      for (std::uint32_t left = 0; left < width; left += blocks.width) {
        const std::uint32_t rows = std::min(blocks.height, height - top);
        const std::uint32_t columns = std::min(blocks.width, width - left);
        const tmsize_t read = blocks.read(tiff, top, left, static_cast<std::uint16_t>(plane), block);
        if (read < 2 * static_cast<tmsize_t>(rows) * static_cast<tmsize_t>(blocks.width) * in_block) return false;
        for (std::uint32_t y = 0; y < rows; ++y) {
          const std::uint16_t* from = block.data() + std::size_t{y} * blocks.width * static_cast<std::size_t>(in_block);
          auto* to =
              pixels.ptr<std::uint16_t>(static_cast<int>(top + y)) + static_cast<std::ptrdiff_t>(left) * out_channels;
          for (std::uint32_t x = 0; x < columns; ++x, from += in_block, to += out_channels) {
            for (int s = plane; s < used && s < plane + in_block; ++s) to[s < colors ? s : 3] = from[s - plane];
          }
        }
      }
    }
  }
  if (!white_is_zero && !alpha) return true;
  for (int y = 0; y < pixels.rows; ++y) {
    auto* pixel = pixels.ptr<std::uint16_t>(y);
    for (int x = 0; x < pixels.cols; ++x, pixel += out_channels) {
      if (white_is_zero) pixel[0] = static_cast<std::uint16_t>(65535 - pixel[0]);
      if (alpha && colors == 1) pixel[1] = pixel[2] = pixel[0];
      for (int c = 0; multiplied && c < 3; ++c) pixel[c] = without_alpha(pixel[c], pixel[3]);
    }
  }
  return true;
}

}  // namespace boxfeed
