#include <tiffio.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "image/bytes.h"
#include "image/codec.h"
#include "image/exif.h"

namespace boxfeed {
namespace {

using namespace std::string_view_literals;

/// A TIFF in memory, as libtiff reads it, and what it had to say.
struct Memory {
  ByteView bytes;
  std::size_t offset = 0;
  std::string error;
};

tmsize_t read_bytes(thandle_t handle, void* out, tmsize_t count) {
  auto& memory = *static_cast<Memory*>(handle);
  const ByteView next = part(memory.bytes, memory.offset, static_cast<std::size_t>(count));
  if (next.size() > 0) std::memcpy(out, next.data(), next.size());
  memory.offset += next.size();
  return static_cast<tmsize_t>(next.size());
}

tmsize_t write_bytes(thandle_t /*handle*/, void* /*bytes*/, tmsize_t /*count*/) { return 0; }

toff_t seek(thandle_t handle, toff_t offset, int origin) {
  auto& memory = *static_cast<Memory*>(handle);
  const std::size_t start = origin == SEEK_SET ? 0 : origin == SEEK_CUR ? memory.offset : memory.bytes.size();
  memory.offset = start + static_cast<std::size_t>(offset);
  return memory.offset;
}

int close_nothing(thandle_t /*handle*/) { return 0; }
toff_t size_of(thandle_t handle) { return static_cast<Memory*>(handle)->bytes.size(); }

/// Without this, libtiff refuses tiles without compression whose size is no multiple of 1024.
int map_bytes(thandle_t handle, void** base, toff_t* size) {
  const ByteView bytes = static_cast<Memory*>(handle)->bytes;
  *base = const_cast<std::uint8_t*>(bytes.data());  // which libtiff does not write to
  *size = bytes.size();
  return 1;
}
void unmap_nothing(thandle_t /*handle*/, void* /*base*/, toff_t /*size*/) {}

int keep_first_error(TIFF* /*tiff*/, void* user, const char* /*module*/, const char* format, va_list arguments) {
  auto& memory = *static_cast<Memory*>(user);
  if (memory.error.empty()) {
    char text[200];
    std::vsnprintf(text, sizeof text, format, arguments);
    memory.error = text;
  }
  return 1;
}
int keep_silent(TIFF* /*tiff*/, void* /*user*/, const char* /*module*/, const char* /*format*/, va_list /*arguments*/) {
  return 1;
}

using Tiff = std::unique_ptr<TIFF, decltype(&TIFFClose)>;

Tiff open_tiff(Memory& memory) {
  const std::unique_ptr<TIFFOpenOptions, decltype(&TIFFOpenOptionsFree)> options(TIFFOpenOptionsAlloc(),
                                                                                 &TIFFOpenOptionsFree);
  if (options == nullptr) throw std::bad_alloc();
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), keep_first_error, &memory);
  TIFFOpenOptionsSetWarningHandlerExtR(options.get(), keep_silent, nullptr);
  TIFFOpenOptionsSetMaxSingleMemAlloc(options.get(), tmsize_t{1} << 30);
  return Tiff(TIFFClientOpenExt("image", "r", &memory, read_bytes, write_bytes, seek, close_nothing, size_of, map_bytes,
                                unmap_nothing, options.get()),
              &TIFFClose);
}

/// True where a strip or tile lies beyond the end.
bool ends_early(TIFF* tiff, std::size_t size) {
  const std::uint32_t count = TIFFIsTiled(tiff) != 0 ? TIFFNumberOfTiles(tiff) : TIFFNumberOfStrips(tiff);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint64_t offset = TIFFGetStrileOffset(tiff, i);
    if (offset > size || TIFFGetStrileByteCount(tiff, i) > size - offset) return true;
  }
  return false;
}

/// `value` as it was before it was multiplied with alpha; `most` is the largest of either.
std::uint32_t without_alpha(std::uint64_t value, std::uint32_t alpha, std::uint32_t most) {
  return alpha == 0 ? 0 : static_cast<std::uint32_t>(std::min<std::uint64_t>((value * most + alpha / 2) / alpha, most));
}

/// libtiff's reader of strips and tiles. What it reads is put into the raster with 8 bits by its own routines, or into
/// `pixels` with 16 by those below, which libtiff lets be exchanged.
struct Reader : TIFFRGBAImage {
  explicit Reader(TIFF* tiff) : TIFFRGBAImage{} { begun = TIFFRGBAImageBegin(this, tiff, 1, text) != 0; }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() {
    if (begun) TIFFRGBAImageEnd(this);
  }

  /// True for gray and RGB of 16 bits without a sign.
  bool has_16_bits() const {
    std::uint16_t sample_format = 0;
    TIFFGetFieldDefaulted(tif, TIFFTAG_SAMPLEFORMAT, &sample_format);
    return bitspersample == 16 && sample_format == SAMPLEFORMAT_UINT &&
           (is_rgb() || photometric == PHOTOMETRIC_MINISBLACK || photometric == PHOTOMETRIC_MINISWHITE);
  }
  bool is_rgb() const { return photometric == PHOTOMETRIC_RGB; }
  int channels() const { return alpha != 0 ? 4 : is_rgb() ? 3 : 1; }

  char text[1024] = "";
  bool begun = false;
  cv::Mat pixels;
};

/// Where the samples of a block lie: the first of red, green, blue and alpha (gray: thrice the same), the step from one
/// pixel to the next, and how many pixels of a row are not to be used.
struct Block {
  std::array<const std::uint16_t*, 4> samples;
  std::size_t step;
  std::int32_t skipped;
};

void put(Reader& reader, std::uint32_t left, std::uint32_t top, std::uint32_t width, std::uint32_t height,
         const Block& block) {
  const std::uint32_t white = reader.photometric == PHOTOMETRIC_MINISWHITE ? 65535 : 0;
  const auto channels = static_cast<std::size_t>(reader.channels()), colors = std::min<std::size_t>(channels, 3);
  std::size_t from = 0;
  for (std::uint32_t y = 0; y < height; ++y) {
    auto* to = reader.pixels.ptr<std::uint16_t>(static_cast<int>(top + y), static_cast<int>(left));
    for (std::uint32_t x = 0; x < width; ++x, from += block.step, to += channels) {
      for (std::size_t c = 0; c < colors; ++c) {
        std::uint32_t value = block.samples[c][from] ^ white;  // a number exclusive or all ones is that below all ones
        if (reader.alpha == EXTRASAMPLE_ASSOCALPHA) value = without_alpha(value, block.samples[3][from], 65535);
        to[c] = static_cast<std::uint16_t>(value);
      }
      if (channels == 4) to[3] = block.samples[3][from];
    }
    from += static_cast<std::size_t>(block.skipped) * block.step;
  }
}

void put_together(TIFFRGBAImage* image, std::uint32_t* /*raster*/, std::uint32_t x, std::uint32_t y,
                  std::uint32_t width, std::uint32_t height, std::int32_t skipped, std::int32_t /*raster_skip*/,
                  unsigned char* samples) {  // NOLINT: as libtiff calls it
  auto& reader = static_cast<Reader&>(*image);
  const auto* first = reinterpret_cast<const std::uint16_t*>(samples);
  const std::size_t step = reader.samplesperpixel;
  put(reader, x, y, width, height,
      reader.is_rgb() ? Block{{first, first + 1, first + 2, first + 3}, step, skipped}
                      : Block{{first, first, first, first + 1}, step, skipped});
}

void put_separate(TIFFRGBAImage* image, std::uint32_t* /*raster*/, std::uint32_t x, std::uint32_t y,
                  std::uint32_t width, std::uint32_t height, std::int32_t skipped, std::int32_t /*raster_skip*/,
                  unsigned char* red, unsigned char* green, unsigned char* blue, unsigned char* alpha) {
  const auto samples = [](unsigned char* bytes) { return reinterpret_cast<const std::uint16_t*>(bytes); };
  put(static_cast<Reader&>(*image), x, y, width, height,
      {{samples(red), samples(green), samples(blue), samples(alpha)}, 1, skipped});
}

bool recognizes(ByteView bytes) {
  for (const auto magic : {"II*\0"sv, "MM\0*"sv, "II+\0"sv, "MM\0+"sv}) {
    if (stands_at(bytes, 0, magic)) return true;
  }
  return false;
}

void read_header(const ImageSource& source, const DecodeOptions& /*options*/, ImageHeader& header) {
  const auto directory = TiffDirectory::read(source.bytes);
  if (!directory) source.fail(Reason::kCorrupt, "the TIFF's first directory is damaged or is that of a BigTIFF");
  header.stored = {directory->value(0x0101).value_or(0), directory->value(0x0100).value_or(0)};
  header.channels = static_cast<int>(directory->value(0x0115).value_or(1));
  header.bit_depth = static_cast<int>(directory->value(0x0102).value_or(1));
  header.several_frames = directory->has_next();
  read_exif(source.bytes, header);
}

void decode(const ImageSource& source, const DecodeRequest& request, Workspace& space, DecodedImage& image) {
  Memory memory;
  memory.bytes = source.bytes;
  const Tiff tiff = open_tiff(memory);
  const auto fail = [&](Reason reason, const std::string& text) {
    if (tiff != nullptr && ends_early(tiff.get(), source.bytes.size())) {
      source.fail_truncated("the TIFF ends within its pixels");
    }
    source.fail(reason, "the TIFF cannot be decoded: " + text);
  };
  if (tiff == nullptr) fail(Reason::kCorrupt, memory.error);
  char text[1024] = "";
  if (TIFFRGBAImageOK(tiff.get(), text) == 0) fail(Reason::kUnsupported, text);
  Reader reader(tiff.get());
  if (!reader.begun) fail(Reason::kUnsupported, reader.text);
  const ImageSize size = image.header.stored;
  if (ImageSize{reader.height, reader.width} != size) {
    source.fail(Reason::kCorrupt, "the TIFF's header contradicts itself");
  }
  reader.req_orientation = reader.orientation;  // so that nothing is turned
  const bool deep = request.type == PixelType::kFloat32 && reader.has_16_bits();
  if (deep) {
    reader.pixels = space.pixels.take(size, reader.channels(), CV_16U);
    if (reader.isContig != 0) {
      reader.put.contig = put_together;
    } else {
      reader.put.separate = put_separate;
    }
  }
  std::vector<std::uint32_t> raster(std::size_t{reader.height} * reader.width);
  if (TIFFRGBAImageGet(&reader, raster.data(), reader.width, reader.height) == 0 || !memory.error.empty()) {
    fail(Reason::kCorrupt, memory.error);
  }
  if (deep) {
    image.pixels = reader.pixels;
    return;
  }
  // libtiff multiplies the colors with alpha; ours are not.
  image.pixels = space.pixels.take(size, 4);
  auto* out = image.pixels.ptr<std::uint8_t>();
  for (const std::uint32_t pixel : raster) {
    const std::uint32_t alpha = TIFFGetA(pixel);
    for (const std::uint32_t color : {TIFFGetR(pixel), TIFFGetG(pixel), TIFFGetB(pixel)}) {
      *out++ = static_cast<std::uint8_t>(without_alpha(color, alpha, 255));
    }
    *out++ = static_cast<std::uint8_t>(alpha);
  }
}

ImageEnd end(ByteView /*bytes*/) { return ImageEnd::kThere; }

}  // namespace

const Codec kTiffCodec{
    ImageFormat::kTiff, "TIFF", {{"tif", "tiff"}}, recognizes, read_header, decode, end,
};

}  // namespace boxfeed
