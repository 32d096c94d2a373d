#include <boxfeed/core/error.h>
#include <boxfeed/image/image_header.h>

#include <opencv2/imgcodecs.hpp>

#include "image/exif.h"
#include "sample_images.h"
#include "support/catch.h"

namespace {

using boxfeed::DecodeOptions;
using boxfeed::ImageFormat;
using boxfeed::ImageHeader;
using boxfeed::ImageSize;
using boxfeed::read_image_header;

ImageHeader header_of(const samples::Bytes& bytes) {
  return read_image_header(bytes, DecodeOptions().allow_tiff(true));
}

}  // namespace

TEST_CASE("the header of every format says its size") {
  const cv::Mat rgb = samples::picture(37, 53);
  const std::pair<samples::Bytes, ImageFormat> files[] = {
      {samples::jpeg(rgb), ImageFormat::kJpeg},
      {samples::jpeg(rgb, {90, true, true, false}), ImageFormat::kJpeg},
      {samples::encoded(rgb, ".png"), ImageFormat::kPng},
      {samples::encoded(rgb, ".bmp"), ImageFormat::kBmp},
      {samples::encoded(rgb, ".webp", {cv::IMWRITE_WEBP_QUALITY, 80}), ImageFormat::kWebp},
      {samples::encoded(rgb, ".webp", {cv::IMWRITE_WEBP_QUALITY, 101}), ImageFormat::kWebp},
      {samples::encoded(rgb, ".tiff"), ImageFormat::kTiff},
  };
  for (const auto& [bytes, format] : files) {
    const ImageHeader header = header_of(bytes);
    INFO(boxfeed::format_name(format));
    CHECK(header.format == format);
    CHECK(header.stored == ImageSize{37, 53});
    CHECK(header.displayed() == ImageSize{37, 53});
    CHECK(header.channels == 3);
    CHECK(header.bit_depth == 8);
    CHECK(header.orientation == 1);
    CHECK_FALSE(header.damaged_exif);
    CHECK_FALSE(header.several_frames);
  }
}

TEST_CASE("the channels are those in the file") {
  CHECK(header_of(samples::jpeg(samples::picture(8, 8), {90, false, false, false})).channels == 1);
  CHECK(header_of(samples::jpeg(samples::picture(8, 8), {90, true, false, true})).channels == 4);
  CHECK(header_of(samples::png(1, 1, {1, 2}, {8, 4, {}, {}, false})).channels == 2);
  CHECK(header_of(samples::png(1, 1, {1, 2, 3, 4}, {8, 6, {}, {}, false})).channels == 4);
  CHECK(header_of(samples::png(1, 1, {0}, {8, 3, {1, 2, 3}, {}, false})).channels == 3);
  CHECK(header_of(samples::png(1, 1, {0}, {8, 3, {1, 2, 3}, {9}, false})).channels == 4);
  CHECK(header_of(samples::png(1, 1, {1, 2}, {16, 0, {}, {}, false})).bit_depth == 16);
}

TEST_CASE("each orientation maps the stored corners to the displayed ones") {
  // Where EXIF says that row 0 and column 0 of what is stored are to be seen, for an image of 2 rows and 3 columns.
  using Point = std::array<double, 2>;
  const auto corner = [](int orientation) { return boxfeed::orientation_map({2, 3}, orientation).apply(0, 0); };
  const auto far_corner = [](int orientation) { return boxfeed::orientation_map({2, 3}, orientation).apply(3, 0); };
  CHECK(corner(1) == Point{0, 0});  // top, left
  CHECK(far_corner(1) == Point{3, 0});
  CHECK(corner(2) == Point{3, 0});  // top, right
  CHECK(far_corner(2) == Point{0, 0});
  CHECK(corner(3) == Point{3, 2});  // bottom, right
  CHECK(far_corner(3) == Point{0, 2});
  CHECK(corner(4) == Point{0, 2});  // bottom, left
  CHECK(far_corner(4) == Point{3, 2});
  CHECK(corner(5) == Point{0, 0});  // left, top
  CHECK(far_corner(5) == Point{0, 3});
  CHECK(corner(6) == Point{2, 0});  // right, top
  CHECK(far_corner(6) == Point{2, 3});
  CHECK(corner(7) == Point{2, 3});  // right, bottom
  CHECK(far_corner(7) == Point{2, 0});
  CHECK(corner(8) == Point{0, 3});  // left, bottom
  CHECK(far_corner(8) == Point{0, 0});
  CHECK_THROWS_AS(boxfeed::orientation_map({2, 3}, 0), std::invalid_argument);
  CHECK_THROWS_AS(boxfeed::orientation_map({2, 3}, 9), std::invalid_argument);
}

TEST_CASE("EXIF in either byte order") {
  const auto orientation = [](const samples::Bytes& exif) {
    ImageHeader header;
    boxfeed::read_exif(exif, header);
    CHECK_FALSE(header.damaged_exif);
    return header.orientation;
  };
  for (const bool little : {true, false}) {
    for (int value = 1; value <= 8; ++value) CHECK(orientation(samples::exif(value, little)) == value);
  }
  const auto twice = samples::with_orientation(samples::with_orientation(samples::jpeg(samples::picture(8, 8)), 3), 6);
  CHECK(read_image_header(twice).orientation == 6);  // the first of two segments counts
  samples::Bytes without = samples::exif(6);
  without[10] = 0x13;  // another tag
  CHECK(orientation(without) == 1);
}
