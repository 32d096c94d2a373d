#include <boxfeed/image/image_decoder.h>
#include <boxfeed/image/resampler.h>
#include <boxfeed/image/resize.h>

#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "image/pixels.h"
#include "image/sample_images.h"
#include "support/catch.h"

namespace {

using boxfeed::DecodedImage;
using boxfeed::DecodeOptions;
using boxfeed::ImageDecoder;
using boxfeed::ImageSize;
using samples::worst;

/// Where the reddest pixel is.
cv::Point reddest(const cv::Mat& rgb) {
  cv::Mat planes[3];
  cv::split(rgb, planes);
  cv::Mat redness = planes[0] - planes[1];
  cv::GaussianBlur(redness, redness, cv::Size(5, 5), 0);
  cv::Point place;
  cv::minMaxLoc(redness, nullptr, nullptr, nullptr, &place);
  return place;
}

}  // namespace

TEST_CASE("each EXIF orientation shows the picture upright, pixels and coordinates alike") {
  // A red spot near the top left corner of what is to be shown; stored so that the orientation brings it there.
  cv::Mat shown(48, 80, CV_8UC3, cv::Scalar(10, 10, 10));
  shown(cv::Rect(16, 8, 8, 8)).setTo(cv::Scalar(250, 10, 10));
  for (int orientation = 1; orientation <= 8; ++orientation) {
    INFO("orientation " << orientation);
    // Each of the eight undoes itself, but 6 and 8, which undo each other.
    cv::Mat stored;
    switch (orientation) {
      case 1: stored = shown.clone(); break;
      case 2: cv::flip(shown, stored, 1); break;
      case 3: cv::rotate(shown, stored, cv::ROTATE_180); break;
      case 4: cv::flip(shown, stored, 0); break;
      case 5: cv::transpose(shown, stored); break;
      case 6: cv::rotate(shown, stored, cv::ROTATE_90_COUNTERCLOCKWISE); break;
      case 7:
        cv::rotate(shown, stored, cv::ROTATE_180);
        cv::transpose(stored, stored);
        break;
      case 8: cv::rotate(shown, stored, cv::ROTATE_90_CLOCKWISE); break;
      default: break;
    }
    const auto bytes = samples::with_orientation(samples::jpeg(stored), orientation);
    for (const int reduction : {1, 2, 4}) {
      const ImageSize at_least{shown.rows / reduction, shown.cols / reduction};
      ImageDecoder decoder;
      const DecodedImage turned = decoder.decode(bytes, at_least);
      CHECK(turned.header.orientation == orientation);
      CHECK(turned.header.displayed() == ImageSize{48, 80});
      REQUIRE(turned.pixels.rows == at_least.height);
      REQUIRE(turned.pixels.cols == at_least.width);
      cv::Point spot = reddest(turned.pixels);
      auto place = turned.to_displayed.apply(spot.x + 0.5, spot.y + 0.5);
      CHECK(std::abs(place[0] - 20) <= 4);
      CHECK(std::abs(place[1] - 12) <= 4);

      const DecodedImage as_stored = decoder.decode_stored(bytes, at_least);
      CHECK(as_stored.pixels.rows * reduction == stored.rows);
      spot = reddest(as_stored.pixels);
      place = as_stored.to_displayed.apply(spot.x + 0.5, spot.y + 0.5);
      CHECK(std::abs(place[0] - 20) <= 4);
      CHECK(std::abs(place[1] - 12) <= 4);

      // The resampler turns stored pixels by the map alone.
      cv::Mat out(24, 40, CV_8UC3);
      boxfeed::Resampler().resample(as_stored.pixels, boxfeed::resize_map({48, 80}, {24, 40}) * as_stored.to_displayed,
                                    out);
      CHECK(std::abs(reddest(out).x - 10) <= 2);
      CHECK(std::abs(reddest(out).y - 6) <= 2);
    }
    const auto raw = ImageDecoder(DecodeOptions().apply_orientation(false)).decode(bytes);
    CHECK(raw.header.orientation == 1);
    CHECK(raw.pixels.size() == stored.size());
    CHECK(raw.header.displayed() == raw.header.stored);
  }
}

TEST_CASE("turning a reduced image of odd sides keeps the coordinates exact") {
  const auto jpeg = samples::jpeg(samples::picture(101, 203));
  for (int orientation = 1; orientation <= 8; ++orientation) {
    INFO("orientation " << orientation);
    const auto bytes = samples::with_orientation(jpeg, orientation);
    ImageDecoder decoder;
    const auto stored = decoder.decode_stored(bytes, {51, 51});
    const auto turned = decoder.decode(bytes, {51, 51});
    // The pixel at the stored image's origin covers the original's first two rows and columns, turned or not.
    const auto expected = boxfeed::orientation_map({101, 203}, orientation).apply(boxfeed::Box{0, 0, 2, 2});
    CHECK(stored.to_displayed.apply(boxfeed::Box{0, 0, 1, 1}) == expected);
    const ImageSize size{stored.pixels.rows, stored.pixels.cols};
    const auto pixel_turned = boxfeed::orientation_map(size, orientation).apply(boxfeed::Box{0, 0, 1, 1});
    CHECK(turned.to_displayed.apply(pixel_turned) == expected);
  }
}

TEST_CASE("orientation counts in PNG, WebP and TIFF too") {
  const cv::Mat rgb = samples::picture(10, 20);
  CHECK(ImageDecoder()
            .decode(samples::with_chunk(samples::encoded(rgb, ".png"), "eXIf", samples::exif(6)))
            .pixels.size() == cv::Size(10, 20));
  cv::Mat expected;
  cv::rotate(rgb, expected, cv::ROTATE_90_CLOCKWISE);
  CHECK(worst(ImageDecoder()
                  .decode(samples::with_chunk(samples::encoded(rgb, ".png"), "eXIf", samples::exif(6, false)))
                  .pixels,
              expected) == 0);
}
