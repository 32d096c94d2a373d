// What can be wrong with the bytes of an image, and what comes out.
#include <boxfeed/core/error.h>
#include <boxfeed/image/image_decoder.h>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <utility>

#include "image/exif.h"
#include "image/outcome.h"
#include "image/sample_images.h"
#include "support/catch.h"

namespace {

using boxfeed::DecodeOptions;
using boxfeed::ImageDecoder;
using boxfeed::ImageError;
using samples::Bytes;
using samples::outcome;
using samples::StandardError;
using samples::text_of;

Bytes flipped(Bytes bytes, double from, double to) {
  const auto size = static_cast<double>(bytes.size());
  for (auto i = static_cast<std::size_t>(from * size); i < static_cast<std::size_t>(to * size); ++i) {
    bytes[i] = static_cast<std::uint8_t>(bytes[i] * 31 + i * 17 + 5);
  }
  return bytes;
}

Bytes text(const std::string& characters) { return Bytes(characters.begin(), characters.end()); }

const cv::Mat kPicture = samples::picture(120, 160);

}  // namespace

TEST_CASE("nothing, and what is no image, is refused") {
  CHECK(outcome({}) == "empty_file");
  CHECK(outcome({0}) == "unknown_format");
  CHECK(outcome(text("hello, this is a text and not a picture")) == "unknown_format");
  CHECK(outcome(text("BMW and other cars begin with BM too")) == "unknown_format");
  CHECK(outcome({0xFF, 0xD8}) == "unknown_format");
  CHECK(outcome({0xFF, 0xD8, 0xFF}) == "truncated");
  CHECK_THAT(text_of(text("hello, this is a text and not a picture")),
             Catch::Matchers::ContainsSubstring("got something that begins with \"hello, t\""));
  CHECK_THAT(text_of(text("hello")), Catch::Matchers::ContainsSubstring("got something that begins with \"hello\""));
}

TEST_CASE("a JPEG that ends early is truncated") {
  for (const bool progressive : {false, true}) {
    const Bytes jpeg = samples::jpeg(kPicture, {90, true, progressive, false});
    for (const double share : {0.98, 0.9, 0.5, 0.02}) {
      INFO(share << (progressive ? " progressive" : ""));
      CHECK(outcome(samples::cut(jpeg, share)) == "truncated");
    }
    CHECK(outcome(Bytes(jpeg.begin(), jpeg.end() - 2)) == "ok");  // all pixels are there
    CHECK(outcome(Bytes(jpeg.begin(), jpeg.end() - 3)) == "truncated");
  }
}

TEST_CASE("damaged data in the middle of a JPEG are corrupt") {
  const Bytes jpeg = samples::jpeg(kPicture, {98, true, false, false});
  CHECK(outcome(flipped(jpeg, 0.5, 0.55)) == "corrupt");
}

TEST_CASE("harmless bytes before the damage do not hide it") {
  Bytes jpeg = samples::jpeg(kPicture, {98, true, false, false});
  jpeg.insert(jpeg.begin() + 20, 3, 0x55);  // behind JFIF's segment
  CHECK(outcome(jpeg) == "ok");
  CHECK(ImageDecoder().decode(jpeg).extraneous_bytes == 3);
  CHECK(outcome(samples::cut(jpeg, 0.7)) == "truncated");
  CHECK(outcome(flipped(jpeg, 0.5, 0.55)) == "corrupt");
}

TEST_CASE("PNG, WebP, BMP and TIFF that end early or are damaged are refused") {
  // Noise, which does not compress away.
  cv::Mat noise(40, 50, CV_8UC3);
  cv::RNG(7).fill(noise, cv::RNG::UNIFORM, 0, 256);
  const Bytes png = samples::encoded(noise, ".png");
  const Bytes webp = samples::encoded(noise, ".webp", {cv::IMWRITE_WEBP_QUALITY, 90});
  const Bytes lossless = samples::encoded(noise, ".webp", {cv::IMWRITE_WEBP_QUALITY, 101});
  const Bytes bmp = samples::encoded(noise, ".bmp");
  const Bytes tiff = samples::encoded(noise, ".tiff");
  const auto options = DecodeOptions().allow_tiff(true);
  for (const double share : {0.99, 0.9, 0.5, 0.1}) {
    INFO(share);
    CHECK(outcome(samples::cut(png, share)) == "truncated");
    CHECK(outcome(samples::cut(webp, share)) == "truncated");
    CHECK(outcome(samples::cut(lossless, share)) == "truncated");
    CHECK(outcome(samples::cut(bmp, share)) == "truncated");
    CHECK(outcome(samples::cut(tiff, share), options) != "ok");
  }
  CHECK(outcome(flipped(png, 0.5, 0.52)) == "corrupt");               // a checksum is wrong
  CHECK(outcome(Bytes(png.begin(), png.end() - 12)) == "truncated");  // IEND is missing
  CHECK(outcome(samples::cut(samples::animated_webp(noise), 0.2)) == "truncated");
  Bytes early = bmp;
  early[10] = 20;  // the pixels would begin inside the header
  CHECK(outcome(early) == "corrupt");
  Bytes packed = bmp;
  packed[30] = 1;
  CHECK(outcome(packed) == "unsupported");
}

TEST_CASE("damaged EXIF is noted and nothing worse") {
  const Bytes jpeg = samples::jpeg(kPicture);
  const auto decode = [&](const Bytes& exif) {
    Bytes content{'E', 'x', 'i', 'f', 0, 0};
    content.insert(content.end(), exif.begin(), exif.end());
    const Bytes bytes = samples::with_segment(jpeg, 0xE1, content);
    CHECK(outcome(bytes) == "ok");
    const auto header = boxfeed::read_image_header(bytes);
    return std::make_pair(header.orientation, header.damaged_exif);
  };
  CHECK(decode(samples::exif(6)) == std::make_pair(6, false));
  CHECK(decode(samples::exif(0)) == std::make_pair(1, false));
  CHECK(decode(samples::exif(9)) == std::make_pair(1, true));
  CHECK(decode({}) == std::make_pair(1, true));
  const Bytes whole = samples::exif(6);
  for (std::size_t size = 0; size < whole.size() - 6; ++size) {
    CHECK(decode(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size))).first == 1);
  }
  for (std::size_t size = 4; size < 8; ++size) {  // the byte order is there, the directory's place is not
    const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    CHECK(decode(cut) == std::make_pair(1, true));
    boxfeed::ImageHeader header;
    boxfeed::read_exif(cut, header);
    CHECK(header.damaged_exif);
  }
  Bytes far = whole;
  far[4] = far[5] = far[6] = far[7] = 0xFF;  // the directory lies beyond the file
  CHECK(decode(far) == std::make_pair(1, true));
  Bytes many = whole;
  many[8] = many[9] = 0xFF;
  CHECK(decode(many) == std::make_pair(1, true));
  Bytes pointer = whole;
  pointer[14] = 3;  // three values, which stand elsewhere: at byte 6, where a 0 is
  CHECK(decode(pointer).first == 1);
}

TEST_CASE("an EXIF segment that is longer than the file is truncated") {
  Bytes bytes{0xFF, 0xD8, 0xFF, 0xE1, 0xFF, 0xF0, 'E', 'x', 'i', 'f', 0, 0, 'I', 'I'};
  CHECK(outcome(bytes) == "truncated");
}

TEST_CASE("a JPEG whose frame header is too short is corrupt") {
  const Bytes bytes{0xFF, 0xD8, 0xFF, 0xC0, 0, 7, 8, 0, 8, 0, 8, 0xFF, 0xDA, 0, 3, 1, 0, 0};
  CHECK(outcome(bytes) == "corrupt");
  CHECK_THAT(text_of(bytes), Catch::Matchers::ContainsSubstring("frame header is too short"));
}

TEST_CASE("a color profile changes nothing") {
  const Bytes jpeg = samples::jpeg(kPicture);
  Bytes profile = text("ICC_PROFILE");
  profile.resize(600, 1);
  const cv::Mat plain = ImageDecoder().decode(jpeg).pixels.clone();
  CHECK(cv::norm(ImageDecoder().decode(samples::with_segment(jpeg, 0xE2, profile)).pixels, plain, cv::NORM_INF) == 0);
  const Bytes png = samples::with_chunk(samples::encoded(kPicture, ".png"), "iCCP", text("junk that is no profile"));
  CHECK(outcome(png) == "ok");
  CHECK(cv::norm(ImageDecoder().decode(png).pixels, kPicture, cv::NORM_INF) == 0);
}

TEST_CASE("bytes behind the image, and a second one, are left alone") {
  Bytes jpeg = samples::jpeg(kPicture);
  const Bytes second = jpeg;
  jpeg.insert(jpeg.end(), 5000, 0);
  CHECK(outcome(jpeg) == "ok");
  jpeg.insert(jpeg.end(), second.begin(), second.end());
  CHECK(outcome(jpeg) == "ok");
  Bytes png = samples::encoded(kPicture, ".png");
  png.insert(png.end(), 5000, 7);
  CHECK(outcome(png) == "ok");
}

TEST_CASE("nothing is printed, whatever bytes are cut or changed") {
  const auto options = DecodeOptions().allow_tiff(true);
  cv::Mat noise(20, 30, CV_8UC3);
  cv::RNG(3).fill(noise, cv::RNG::UNIFORM, 0, 256);
  StandardError standard_error;
  ImageDecoder decoder(options);
  for (const auto& bytes :
       {samples::jpeg(noise), samples::jpeg(noise, {80, true, true, false}),
        samples::jpeg(noise, {80, true, false, true}), samples::encoded(noise, ".png"), samples::encoded(noise, ".bmp"),
        samples::encoded(noise, ".webp", {cv::IMWRITE_WEBP_QUALITY, 80}), samples::animated_webp(noise),
        samples::encoded(noise, ".tiff")}) {
    std::uint32_t state = 1;
    for (int round = 0; round < 300; ++round) {
      Bytes changed = bytes;
      for (int i = 0; i < 1 + round % 4; ++i) {
        state = state * 1664525 + 1013904223;
        changed[(state >> 8) % changed.size()] ^= static_cast<std::uint8_t>(1 + (state >> 4) % 255);
      }
      if (round % 3 == 0) changed.resize(1 + (state >> 5) % changed.size());
      try {
        decoder.decode(changed);
      } catch (const ImageError&) {
      }
    }
  }
  CHECK(standard_error.text() == "");
}
