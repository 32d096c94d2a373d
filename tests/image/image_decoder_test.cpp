#include <boxfeed/core/error.h>
#include <boxfeed/core/file.h>
#include <boxfeed/image/image_decoder.h>
#include <boxfeed/image/pixel_writer.h>
#include <boxfeed/image/resize.h>
#include <turbojpeg.h>

#include <cstdlib>
#include <memory>
#include <vector>

#include "support/catch.h"

namespace {

using boxfeed::DecodedImage;
using boxfeed::ImageDecoder;
using boxfeed::ImageSize;

/// A JPEG of one colour.
std::vector<std::uint8_t> flat_jpeg(ImageSize size, std::array<std::uint8_t, 3> colour) {
  std::vector<std::uint8_t> pixels;
  for (std::int64_t i = 0; i < size.height * size.width; ++i) pixels.insert(pixels.end(), colour.begin(), colour.end());
  const std::unique_ptr<void, decltype(&tjDestroy)> compressor(tjInitCompress(), &tjDestroy);
  unsigned char* data = nullptr;
  unsigned long bytes = 0;
  REQUIRE(tjCompress2(compressor.get(), pixels.data(), static_cast<int>(size.width), 0, static_cast<int>(size.height),
                      TJPF_RGB, &data, &bytes, TJSAMP_444, 95, 0) == 0);
  std::vector<std::uint8_t> jpeg(data, data + bytes);
  tjFree(data);
  return jpeg;
}

}  // namespace

TEST_CASE("a JPEG is decoded at the smallest scale that serves") {
  const auto jpeg = flat_jpeg({101, 203}, {200, 100, 50});
  ImageDecoder decoder;
  const auto size_for = [&](ImageSize at_least) {
    const auto pixels = decoder.decode(jpeg, at_least).pixels;
    return ImageSize{pixels.rows, pixels.cols};
  };
  CHECK(size_for({0, 0}) == ImageSize{101, 203});
  CHECK(size_for({52, 10}) == ImageSize{101, 203});
  CHECK(size_for({51, 102}) == ImageSize{51, 102});
  CHECK(size_for({26, 51}) == ImageSize{26, 51});
  CHECK(size_for({1, 1}) == ImageSize{13, 26});
  CHECK(size_for({1000, 1000}) == ImageSize{101, 203});
}
