// Formats: recognized by their content, allowed or refused.
#include <boxfeed/image/image_decoder.h>

#include <opencv2/core.hpp>
#include <string>
#include <utility>
#include <vector>

#include "image/outcome.h"
#include "image/sample_images.h"
#include "support/catch.h"

namespace {

using boxfeed::DecodeOptions;
using boxfeed::ImageFormat;
using samples::Bytes;
using samples::outcome;
using samples::text_of;

Bytes text(const std::string& characters) { return Bytes(characters.begin(), characters.end()); }

const cv::Mat kPicture = samples::picture(120, 160);

}  // namespace

TEST_CASE("content counts, not the name") {
  const Bytes png = samples::encoded(kPicture, ".png");
  CHECK(outcome(png, {}, "a.jpg") == "ok");
  CHECK(boxfeed::read_image_header(png, {}, "a.jpg").format == boxfeed::ImageFormat::kPng);
}

TEST_CASE("a file's name agrees with its format or does not") {
  CHECK(boxfeed::extension_agrees("a/b.JPG", ImageFormat::kJpeg));
  for (const char* name : {"a/b.jpeg", "a/b.jpe", "a/b.jfif", "a/b.JFIF", "a/b.mpo"}) {
    CHECK(boxfeed::extension_agrees(name, ImageFormat::kJpeg));
    CHECK_FALSE(boxfeed::extension_agrees(name, ImageFormat::kBmp));
  }
  CHECK(boxfeed::extension_agrees("b.dib", ImageFormat::kBmp));
  CHECK(boxfeed::extension_agrees("b.tif", ImageFormat::kTiff));
  CHECK(boxfeed::extension_agrees("b.tiff", ImageFormat::kTiff));
  CHECK(boxfeed::extension_agrees("b.webp", ImageFormat::kWebp));
  CHECK_FALSE(boxfeed::extension_agrees("b.webp", ImageFormat::kPng));
  CHECK(boxfeed::extension_agrees("b.", ImageFormat::kPng));
  CHECK_FALSE(boxfeed::extension_agrees("a/b.jpg", ImageFormat::kPng));
  CHECK_FALSE(boxfeed::extension_agrees("a/b.gif", ImageFormat::kPng));
  CHECK(boxfeed::extension_agrees("a.png/b", ImageFormat::kJpeg));
  CHECK(boxfeed::extension_agrees("a/b.2024", ImageFormat::kJpeg));
  CHECK(boxfeed::extension_agrees("", ImageFormat::kJpeg));
}

TEST_CASE("formats that are known and refused") {
  CHECK(outcome(text("GIF89a, and so on and so on, long enough")) == "format_not_allowed");
  CHECK(outcome(text(std::string("\0\0\0\x1c"
                                 "ftypavif",
                                 12) +
                     std::string(30, ' '))) == "format_not_allowed");
  CHECK(outcome(text(std::string("\0\0\0\x1c"
                                 "ftypheic",
                                 12) +
                     std::string(30, ' '))) == "format_not_allowed");
  CHECK(outcome(text(std::string(128, '\0') + "DICM and more")) == "format_not_allowed");
  CHECK(outcome(text("NITF02.10 and more of it")) == "format_not_allowed");
  CHECK(outcome({0x76, 0x2F, 0x31, 0x01, 2, 0, 0, 0}) == "format_not_allowed");
  CHECK(outcome(text("#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n")) == "format_not_allowed");
  CHECK(outcome(text(std::string("\0\0\0\x0CjP  \r\n\x87\n", 12) + std::string(30, ' '))) == "format_not_allowed");
  CHECK(outcome({0xFF, 0x4F, 0xFF, 0x51, 0, 0}) == "format_not_allowed");
  const Bytes tiff = samples::encoded(kPicture, ".tiff");
  CHECK(outcome(tiff) == "format_not_allowed");
  CHECK(outcome(tiff, DecodeOptions().allow_tiff(true)) == "ok");
  CHECK_THAT(text_of(text("GIF89a, and so on")), Catch::Matchers::ContainsSubstring("got GIF"));
  for (const auto& [brand, name] :
       std::vector<std::pair<std::string, std::string>>{{"ftypavif", "AVIF"},
                                                        {"ftypavis", "AVIF"},
                                                        {"ftypheim", "HEIC"},
                                                        {"ftypheis", "HEIC"},
                                                        {"ftyphevc", "HEIC"},
                                                        {"ftypheix", "HEIC"},
                                                        {"ftypmif1", "HEIC"},
                                                        {"ftypmsf1", "HEIC"},
                                                        {"ftypisom", "an ISO media file (a video?)"}}) {
    CHECK_THAT(text_of(text("\1\1\1\x1c" + brand + std::string(30, ' '))),
               Catch::Matchers::ContainsSubstring("got " + name));
  }
  CHECK_THAT(text_of(text("P6\n10 10 255\n and so on")), Catch::Matchers::ContainsSubstring("got PNM"));
  for (const auto* other : {"P8\n10 10 255\n and so on", "P0\n10 10 255\n and so on", "Q6\n10 10 255\n and so on",
                            "P6.10 10 255 and so on"}) {
    CHECK(outcome(text(other)) == "unknown_format");
  }
}

TEST_CASE("kinds of JPEG that the library does not decode are refused in its words") {
  const Bytes jpeg = samples::jpeg(kPicture);
  CHECK(outcome(samples::with_process(jpeg, 0xC1, 12)) == "unsupported");
  CHECK_THAT(text_of(samples::with_process(jpeg, 0xC1, 12)),
             Catch::Matchers::ContainsSubstring("Unsupported JPEG data precision 12"));
  CHECK(outcome(samples::with_process(jpeg, 0xC3, 8)) == "unsupported");
  CHECK_THAT(text_of(samples::with_process(jpeg, 0xC3, 8)),
             Catch::Matchers::ContainsSubstring("Unsupported JPEG process"));
}
