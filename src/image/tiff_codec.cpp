#include <tiffio.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "image/codecs.h"
#include "image/tiff_16_bit.h"

namespace boxfeed {
namespace {

/// A TIFF in memory, as libtiff reads it, and what it had to say.
struct Memory {
  ByteView bytes;
  std::size_t offset = 0;
  bool ended_early = false;
  std::string error;
};

tmsize_t read_bytes(thandle_t handle, void* out, tmsize_t count) {
  auto& memory = *static_cast<Memory*>(handle);
  const ByteView part = memory.bytes.part(memory.offset, static_cast<std::size_t>(count));
  if (part.size() < static_cast<std::size_t>(count)) memory.ended_early = true;
  if (part.size() > 0) std::memcpy(out, part.data(), part.size());
  memory.offset += part.size();
  return static_cast<tmsize_t>(part.size());
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
  return Tiff(TIFFClientOpenExt("image", "rm", &memory, read_bytes, write_bytes, seek, close_nothing, size_of, nullptr,
                                nullptr, options.get()),
              &TIFFClose);
}

std::uint8_t without_alpha(std::uint32_t value, std::uint32_t alpha) {
  return static_cast<std::uint8_t>(alpha == 0 ? 0 : std::min<std::uint32_t>((value * 255 + alpha / 2) / alpha, 255));
}

}  // namespace

cv::Mat decode_tiff(const ImageSource& source, const ImageHeader& header, PixelType type, PixelBuffer& buffer) {
  Memory memory;
  memory.bytes = source.bytes;
  const auto fail = [&](Reason reason) {
    source.fail(memory.ended_early ? Reason::kTruncated : reason,
                "the TIFF cannot be decoded: " + (memory.error.empty() ? "the data end early" : memory.error));
  };
  const Tiff tiff = open_tiff(memory);
  if (tiff == nullptr) fail(Reason::kCorrupt);
  char text[1024] = "";
  if (TIFFRGBAImageOK(tiff.get(), text) == 0) {
    memory.error = text;
    fail(Reason::kUnsupported);
  }
  std::uint32_t height = 0, width = 0;
  TIFFGetField(tiff.get(), TIFFTAG_IMAGELENGTH, &height);
  TIFFGetField(tiff.get(), TIFFTAG_IMAGEWIDTH, &width);
  if (ImageSize{height, width} != header.stored) source.fail(Reason::kCorrupt, "the TIFF's header contradicts itself");
  const auto deep = type == PixelType::kFloat32 ? Tiff16Bit::of(tiff.get()) : std::nullopt;
  if (deep) {
    cv::Mat pixels = buffer.take(header.stored, deep->channels(), CV_16U);
    if (!deep->read(tiff.get(), pixels) || !memory.error.empty()) fail(Reason::kCorrupt);
    return pixels;
  }
  std::uint16_t orientation = ORIENTATION_TOPLEFT;  // asked for as it is, so that nothing is turned
  TIFFGetFieldDefaulted(tiff.get(), TIFFTAG_ORIENTATION, &orientation);
  std::vector<std::uint32_t> raster(std::size_t{height} * width);
  if (TIFFReadRGBAImageOriented(tiff.get(), width, height, raster.data(), orientation, 1) == 0 ||
      !memory.error.empty()) {
    fail(Reason::kCorrupt);
  }
  // libtiff multiplies the colors with alpha; ours are not.
  cv::Mat pixels = buffer.take(header.stored, 4);
  auto* out = pixels.ptr<std::uint8_t>();
  for (const std::uint32_t pixel : raster) {
    const std::uint32_t alpha = TIFFGetA(pixel);
    *out++ = without_alpha(TIFFGetR(pixel), alpha);
    *out++ = without_alpha(TIFFGetG(pixel), alpha);
    *out++ = without_alpha(TIFFGetB(pixel), alpha);
    *out++ = static_cast<std::uint8_t>(alpha);
  }
  return pixels;
}

}  // namespace boxfeed
