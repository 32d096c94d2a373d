// What can be wrong with an image, and what comes out.
#include <boxfeed/core/error.h>
#include <boxfeed/image/image_decoder.h>
#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <optional>
#include <string>
#include <vector>

#include "sample_images.h"
#include "support/catch.h"

namespace {

using boxfeed::DecodeOptions;
using boxfeed::ImageDecoder;
using boxfeed::ImageError;
using boxfeed::ImageSize;
using boxfeed::Reason;
using samples::Bytes;

/// Catches what is written to the standard error.
class StandardError {
 public:
  StandardError() : file_(std::tmpfile()), before_(::dup(2)) {
    std::fflush(stderr);
    ::dup2(::fileno(file_), 2);
  }
  ~StandardError() {
    restore();
    std::fclose(file_);
  }
  StandardError(const StandardError&) = delete;
  StandardError& operator=(const StandardError&) = delete;

  std::string text() {
    restore();
    std::rewind(file_);
    std::string out;
    for (int c; (c = std::fgetc(file_)) != EOF;) out.push_back(static_cast<char>(c));
    return out;
  }

 private:
  void restore() {
    if (before_ < 0) return;
    std::fflush(stderr);
    ::dup2(before_, 2);
    ::close(before_);
    before_ = -1;
  }

  std::FILE* file_;
  int before_;
};

/// Why the image is refused, by its name; "ok" where it is not. Whatever happens, nothing may be printed.
std::string outcome(const Bytes& bytes, const DecodeOptions& options = {}, const std::string& path = "a/b.jpg") {
  StandardError standard_error;
  std::string result = "ok";
  try {
    ImageDecoder decoder(options);
    decoder.decode(bytes, {0, 0}, path);
  } catch (const ImageError& error) {
    CHECK(error.path() == path);
    CHECK_THAT(error.what(), Catch::Matchers::ContainsSubstring(path));
    result = boxfeed::reason_name(error.reason());
  }
  CHECK(standard_error.text().empty());
  return result;
}

std::string text_of(const Bytes& bytes, const DecodeOptions& options = {}) {
  try {
    ImageDecoder(options).decode(bytes, {0, 0}, "x.jpg");
  } catch (const ImageError& error) {
    return error.what();
  }
  return {};
}

Bytes flipped(Bytes bytes, double from, double to) {
  const auto size = static_cast<double>(bytes.size());
  for (auto i = static_cast<std::size_t>(from * size); i < static_cast<std::size_t>(to * size); ++i) {
    bytes[i] = static_cast<std::uint8_t>(bytes[i] * 31 + i * 17 + 5);
  }
  return bytes;
}

Bytes text(const std::string& characters) { return Bytes(characters.begin(), characters.end()); }

/// The resident memory of this process in bytes.
std::size_t resident() {
  std::ifstream file("/proc/self/statm");
  std::size_t all = 0, pages = 0;
  file >> all >> pages;
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

const cv::Mat kPicture = samples::picture(120, 160);

}  // namespace

TEST_CASE("I02, I03: nothing, and what is no image") {
  CHECK(outcome({}) == "empty_file");
  CHECK(outcome({0}) == "unknown_format");
  CHECK(outcome(text("hello, this is a text and not a picture")) == "unknown_format");
  CHECK(outcome(text("BMW and other cars begin with BM too")) == "unknown_format");
  CHECK(outcome({0xFF, 0xD8}) == "unknown_format");
  CHECK(outcome({0xFF, 0xD8, 0xFF}) == "truncated");
}

TEST_CASE("I04: a JPEG that ends early") {
  for (const bool progressive : {false, true}) {
    const Bytes jpeg = samples::jpeg(kPicture, {90, true, progressive, false});
    for (const double share : {0.98, 0.9, 0.5, 0.02}) {
      INFO(share << (progressive ? " progressive" : ""));
      CHECK(outcome(samples::cut(jpeg, share)) == "truncated");
    }
    // The end marker alone is missing: all pixels are there, yet the file is not whole.
    CHECK(outcome(Bytes(jpeg.begin(), jpeg.end() - 2)) == "truncated");
  }
}

TEST_CASE("I04: what is there of a damaged JPEG can be kept by option") {
  const auto options = DecodeOptions().damaged_data(boxfeed::DamagedData::kKeep);
  const auto image = ImageDecoder(options).decode(samples::cut(samples::jpeg(kPicture), 0.5));
  CHECK_THAT(image.damage, Catch::Matchers::ContainsSubstring("Premature end"));
  CHECK(cv::norm(image.pixels.row(3), kPicture.row(3), cv::NORM_INF) <= 12);
  CHECK(outcome(samples::cut(samples::jpeg(kPicture), 0.02), options) == "truncated");
}

TEST_CASE("I05: damaged data in the middle of a JPEG") {
  const Bytes jpeg = samples::jpeg(kPicture, {98, true, false, false});
  CHECK(outcome(flipped(jpeg, 0.5, 0.55)) == "corrupt");
}

TEST_CASE("I05: harmless bytes before the damage do not hide it") {
  Bytes jpeg = samples::jpeg(kPicture, {98, true, false, false});
  jpeg.insert(jpeg.begin() + 20, 3, 0x55);  // behind JFIF's segment
  CHECK(outcome(jpeg) == "ok");
  CHECK(ImageDecoder().decode(jpeg).extraneous_bytes == 3);
  CHECK(outcome(samples::cut(jpeg, 0.7)) == "truncated");
  CHECK(outcome(flipped(jpeg, 0.5, 0.55)) == "corrupt");
}

TEST_CASE("I06: PNG, WebP, BMP and TIFF that end early or are damaged") {
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

TEST_CASE("I07, I08: bombs are refused before memory is allocated") {
  const std::size_t before = resident();
  const auto begin = std::chrono::steady_clock::now();
  const Bytes small = samples::jpeg(samples::picture(8, 8));
  CHECK(outcome(samples::with_size(small, 30000, 30000)) == "too_large");
  CHECK(outcome(samples::with_size(small, 32769, 1)) == "too_large");
  CHECK(outcome(samples::with_size(small, 10001, 10000)) == "too_large");
  CHECK(outcome(samples::with_size(small, 101, 100), DecodeOptions().max_pixels(10000)) == "too_large");
  CHECK(outcome(samples::with_size(small, 8, 101), DecodeOptions().max_side(100)) == "too_large");
  for (const int side : {12000, 0x7FFFFFFF}) {
    Bytes png = samples::encoded(samples::picture(8, 8), ".png");
    for (int i = 0; i < 4; ++i) {
      png[static_cast<std::size_t>(16 + i)] = png[static_cast<std::size_t>(20 + i)] =
          static_cast<std::uint8_t>(side >> (24 - 8 * i));
    }
    CHECK(outcome(png) == "too_large");
  }
  Bytes bmp = samples::encoded(samples::picture(8, 8), ".bmp");
  for (const std::size_t at : {18U, 22U}) bmp[at] = bmp[at + 1] = 0x70;
  CHECK(outcome(bmp) == "too_large");
  Bytes webp = samples::animated_webp(samples::picture(8, 8));
  for (std::size_t at = 24; at < 30; ++at) webp[at] = 0x3F;
  CHECK(outcome(webp) == "too_large");
  CHECK(resident() < before + (64U << 20));
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
}

TEST_CASE("I09: a progressive JPEG with thousands of scans") {
  const Bytes jpeg = samples::jpeg(kPicture, {90, true, true, false});
  CHECK(outcome(jpeg) == "ok");
  const Bytes bomb = samples::with_more_scans(jpeg, 5000);
  const auto begin = std::chrono::steady_clock::now();
  CHECK(outcome(bomb) == "too_complex");
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(1));
  CHECK(outcome(jpeg, DecodeOptions().max_scans(3)) == "too_complex");
}

TEST_CASE("I11: content counts, not the name") {
  const Bytes png = samples::encoded(kPicture, ".png");
  CHECK(outcome(png, {}, "a.jpg") == "ok");
  ImageDecoder decoder;
  CHECK(decoder.decode(png, {0, 0}, "a.jpg").wrong_extension);
  CHECK_FALSE(decoder.decode(png, {0, 0}, "a.PNG").wrong_extension);
  CHECK_FALSE(decoder.decode(png, {0, 0}, "a").wrong_extension);
  CHECK(outcome(png, DecodeOptions().strict_extension(true), "a.jpg") == "format_not_allowed");
  CHECK(outcome(png, DecodeOptions().strict_extension(true), "a.png") == "ok");
}

TEST_CASE("I15: damaged EXIF is noted and nothing worse") {
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

TEST_CASE("I15: an EXIF segment that is longer than the file") {
  Bytes bytes{0xFF, 0xD8, 0xFF, 0xE1, 0xFF, 0xF0, 'E', 'x', 'i', 'f', 0, 0, 'I', 'I'};
  CHECK(outcome(bytes) == "truncated");
}

TEST_CASE("I16: the smallest and the longest") {
  for (const ImageSize size : {ImageSize{1, 1}, {1, 20000}, {20000, 1}}) {
    const cv::Mat rgb = samples::picture(static_cast<int>(size.height), static_cast<int>(size.width));
    for (const auto& bytes : {samples::jpeg(rgb), samples::encoded(rgb, ".png"), samples::encoded(rgb, ".bmp")}) {
      CHECK(outcome(bytes) == "ok");
      CHECK(outcome(bytes, DecodeOptions().min_side(2)) == "too_small");
    }
  }
}

TEST_CASE("I17: no height or no width") {
  const Bytes jpeg = samples::jpeg(kPicture);
  CHECK(outcome(samples::with_size(jpeg, 0, 160)) == "corrupt");
  CHECK(outcome(samples::with_size(jpeg, 120, 0)) == "corrupt");
  Bytes png = samples::encoded(kPicture, ".png");
  for (std::size_t i = 16; i < 20; ++i) png[i] = 0;
  CHECK(outcome(png) == "corrupt");
}

TEST_CASE("I18: formats that are known and refused") {
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
}

TEST_CASE("I20: kinds of JPEG that the library does not decode, in its words") {
  const Bytes jpeg = samples::jpeg(kPicture);
  CHECK(outcome(samples::with_process(jpeg, 0xC1, 12)) == "unsupported");
  CHECK_THAT(text_of(samples::with_process(jpeg, 0xC1, 12)),
             Catch::Matchers::ContainsSubstring("Unsupported JPEG data precision 12"));
  CHECK(outcome(samples::with_process(jpeg, 0xC3, 8)) == "unsupported");
  CHECK_THAT(text_of(samples::with_process(jpeg, 0xC3, 8)),
             Catch::Matchers::ContainsSubstring("Unsupported JPEG process"));
}

TEST_CASE("I21: a colour profile changes nothing") {
  const Bytes jpeg = samples::jpeg(kPicture);
  Bytes profile = text("ICC_PROFILE");
  profile.resize(600, 1);
  const cv::Mat plain = ImageDecoder().decode(jpeg).pixels.clone();
  CHECK(cv::norm(ImageDecoder().decode(samples::with_segment(jpeg, 0xE2, profile)).pixels, plain, cv::NORM_INF) == 0);
  const Bytes png = samples::with_chunk(samples::encoded(kPicture, ".png"), "iCCP", text("junk that is no profile"));
  CHECK(outcome(png) == "ok");
  CHECK(cv::norm(ImageDecoder().decode(png).pixels, kPicture, cv::NORM_INF) == 0);
}

TEST_CASE("I22: bytes behind the image, and a second one, are left alone") {
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

TEST_CASE("I23: nothing is printed, whatever bytes are cut or changed") {
  const auto options = DecodeOptions().allow_tiff(true).damaged_data(boxfeed::DamagedData::kKeep);
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
