#include <png.h>

#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <vector>

#include "image/bytes.h"
#include "image/codec.h"
#include "image/exif.h"

namespace boxfeed {
namespace {

/// One PNG being read out of memory. libpng reports an error by a jump, so what lives here outlives it.
class PngReader {
 public:
  PngReader(ByteView bytes, std::size_t rows, bool keep_16_bits)
      : bytes_(bytes), rows_(rows), keep_16_bits_(keep_16_bits) {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, on_error, [](png_structp, png_const_charp) {});
    if (png_ != nullptr) info_ = png_create_info_struct(png_);
    if (info_ == nullptr) {
      png_destroy_read_struct(&png_, nullptr, nullptr);
      throw std::bad_alloc();
    }
    png_set_read_fn(png_, this, on_read);
  }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;
  ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }

  /// Reads up to the pixels; false on an error.
  bool read_header() {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;  // NOLINT: libpng's way to report an error
    png_read_info(png_, info_);
    ask_for_channels();
    png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
    return true;
  }

  /// Reads the pixels and what follows them; false on an error.
  bool read_pixels(cv::Mat& pixels) {
    for (int y = 0; y < pixels.rows; ++y) rows_[static_cast<std::size_t>(y)] = pixels.ptr<png_byte>(y);
    if (setjmp(png_jmpbuf(png_)) != 0) return false;  // NOLINT
    png_read_image(png_, rows_.data());
    png_read_end(png_, nullptr);
    return true;
  }

  int channels() const { return png_get_channels(png_, info_); }
  ImageSize size() const { return {png_get_image_height(png_, info_), png_get_image_width(png_, info_)}; }
  bool has_16_bits() const { return png_get_bit_depth(png_, info_) == 16; }
  std::size_t row_bytes() const { return png_get_rowbytes(png_, info_); }
  bool ended_early() const { return ended_early_; }
  const char* error() const { return error_; }

 private:
  /// Asks for gray, RGB or RGBA of 8 bits, or of 16 in this machine's byte order.
  void ask_for_channels() {
    const int color = png_get_color_type(png_, info_);
    const bool transparent = png_get_valid(png_, info_, PNG_INFO_tRNS) != 0;
    if (!keep_16_bits_) png_set_strip_16(png_);
    if (keep_16_bits_ && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__) png_set_swap(png_);
    png_set_expand(png_);
    if (color == PNG_COLOR_TYPE_GRAY_ALPHA || (color == PNG_COLOR_TYPE_GRAY && transparent)) {
      png_set_gray_to_rgb(png_);
    }
  }

  [[noreturn]] static void on_error(png_structp png, png_const_charp text) {
    auto& reader = *static_cast<PngReader*>(png_get_error_ptr(png));
    std::snprintf(reader.error_, sizeof reader.error_, "%s", text);
    png_longjmp(png, 1);
  }
  static void on_read(png_structp png, png_bytep out, png_size_t count) {
    auto& reader = *static_cast<PngReader*>(png_get_io_ptr(png));
    const ByteView next = part(reader.bytes_, reader.offset_, count);
    if (next.size() < count) {
      reader.ended_early_ = true;
      png_error(png, "the data end early");
    }
    std::memcpy(out, next.data(), count);
    reader.offset_ += count;
  }

  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  ByteView bytes_;
  std::size_t offset_ = 0;
  std::vector<png_bytep> rows_;
  bool keep_16_bits_;
  bool ended_early_ = false;
  char error_[200] = "";
};

bool recognizes(ByteView bytes) { return stands_at(bytes, 0, "\x89PNG\r\n\x1A\n"); }

void read_header(const ImageSource& source, const DecodeOptions& /*options*/, ImageHeader& header) {
  const ByteView bytes = source.bytes;
  if (bytes.size() < 33) source.fail_truncated("the PNG ends within its header");
  if (big32(bytes, 8) != 13 || !stands_at(bytes, 12, "IHDR")) {
    source.fail(Reason::kCorrupt, "the PNG does not begin with its header");
  }
  header.stored = {big32(bytes, 20), big32(bytes, 16)};
  header.bit_depth = bytes[24];
  const int color = bytes[25];
  header.channels = color == 0 ? 1 : color == 4 ? 2 : color == 6 ? 4 : 3;
  for (std::size_t at = 33; part(bytes, at).size() >= 12;) {
    const ByteView content = part(bytes, at + 8, big32(bytes, at));
    if (stands_at(bytes, at + 4, "eXIf")) read_exif(content, header);
    if (stands_at(bytes, at + 4, "acTL")) header.several_frames = true;
    if (stands_at(bytes, at + 4, "tRNS") && color != 4 && color != 6) ++header.channels;
    if (stands_at(bytes, at + 4, "IEND")) break;
    at += 12 + std::size_t{big32(bytes, at)};
  }
}

void decode(const ImageSource& source, const DecodeRequest& request, Workspace& space, DecodedImage& image) {
  const ImageSize size = image.header.stored;
  PngReader reader(source.bytes, static_cast<std::size_t>(size.height), request.type == PixelType::kFloat32);
  const auto fail = [&] {
    source.fail(reader.ended_early() ? Reason::kTruncated : Reason::kCorrupt,
                "the PNG cannot be decoded: " + std::string(reader.error()));
  };
  if (!reader.read_header()) fail();
  const int channels = reader.channels();
  const int depth = reader.has_16_bits() ? CV_16U : CV_8U;
  if (reader.size() != size ||
      reader.row_bytes() != static_cast<std::size_t>(size.width * channels) * CV_ELEM_SIZE1(depth)) {
    source.fail(Reason::kCorrupt, "the PNG's header contradicts itself");
  }
  image.pixels = space.pixels.take(size, channels, depth);
  if (!reader.read_pixels(image.pixels)) fail();
}

ImageEnd end(ByteView bytes) {
  for (std::size_t at = 8; part(bytes, at).size() >= 12;) {
    const std::size_t next = at + 12 + big32(bytes, at);
    if (stands_at(bytes, at + 4, "IEND")) return next <= bytes.size() ? ImageEnd::kThere : ImageEnd::kMissing;
    at = next;
  }
  return ImageEnd::kMissing;
}

}  // namespace

const Codec kPngCodec{
    ImageFormat::kPng, "PNG", {{"png"}}, recognizes, read_header, decode, end,
};

}  // namespace boxfeed
