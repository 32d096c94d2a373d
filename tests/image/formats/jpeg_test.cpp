// What a JPEG's data may hold beside its image, and what of it is damage.
#include <boxfeed/core/error.h>
#include <boxfeed/image/image_decoder.h>

#include <cstdio>
#include <cstdlib>
// After <cstdio>, which it needs.
#include <jpeglib.h>

#include <memory>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <utility>
#include <vector>

#include "image/outcome.h"
#include "image/pixels.h"
#include "image/sample_images.h"
#include "support/catch.h"

namespace {

using boxfeed::ImageDecoder;
using samples::Bytes;
using samples::outcome;
using samples::worst;

cv::Mat noise(int side) {
  cv::Mat image(side, side, CV_8UC3);
  cv::RNG(7).fill(image, cv::RNG::UNIFORM, 0, 256);
  return image;
}

/// The kinds of JPEG whose data end in different places: in one piece, in scans, and before restart markers.
std::vector<std::pair<std::string, Bytes>> kinds() {
  const auto jpeg = [](int progressive, int restart_interval) {
    return samples::encoded(noise(64), ".jpg",
                            {cv::IMWRITE_JPEG_PROGRESSIVE, progressive, cv::IMWRITE_JPEG_RST_INTERVAL, restart_interval,
                             cv::IMWRITE_JPEG_QUALITY, 95});
  };
  return {{"baseline", jpeg(0, 0)},
          {"progressive", jpeg(1, 0)},
          {"baseline, restarted", jpeg(0, 2)},
          {"progressive, restarted", jpeg(1, 2)}};
}

/// `jpeg` with `padding` in front of every marker that follows image data, or of the last, the end marker.
Bytes padded(const Bytes& jpeg, const Bytes& padding, bool everywhere) {
  Bytes out;
  bool in_data = false;
  for (std::size_t i = 0; i < jpeg.size(); ++i) {
    if (jpeg[i] == 0xFF && i + 1 < jpeg.size() && jpeg[i + 1] != 0 && (in_data || jpeg[i + 1] == 0xDA)) {
      if (in_data && (everywhere || i + 2 == jpeg.size())) out.insert(out.end(), padding.begin(), padding.end());
      const bool restart = jpeg[i + 1] >= 0xD0 && jpeg[i + 1] <= 0xD7;
      in_data = restart || jpeg[i + 1] == 0xDA;
      out.push_back(jpeg[i++]);
    }
    out.push_back(jpeg[i]);
  }
  return out;
}

/// A JPEG with a scan for each of its three components.
Bytes in_scans(const cv::Mat& rgb) {
  jpeg_compress_struct encoder{};
  jpeg_error_mgr errors;
  encoder.err = jpeg_std_error(&errors);
  jpeg_create_compress(&encoder);
  unsigned char* data = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&encoder, &data, &size);
  encoder.image_width = static_cast<JDIMENSION>(rgb.cols);
  encoder.image_height = static_cast<JDIMENSION>(rgb.rows);
  encoder.input_components = 3;
  encoder.in_color_space = JCS_RGB;
  jpeg_set_defaults(&encoder);
  jpeg_set_quality(&encoder, 98, TRUE);
  for (int c = 0; c < 3; ++c) encoder.comp_info[c].h_samp_factor = encoder.comp_info[c].v_samp_factor = 1;
  jpeg_scan_info scans[3]{};
  for (int c = 0; c < 3; ++c) {
    scans[c].comps_in_scan = 1;
    scans[c].component_index[0] = c;
    scans[c].Se = DCTSIZE2 - 1;
  }
  encoder.scan_info = scans;
  encoder.num_scans = 3;
  jpeg_start_compress(&encoder, TRUE);
  for (int y = 0; y < rgb.rows; ++y) {
    auto row = const_cast<JSAMPROW>(rgb.ptr(y));
    jpeg_write_scanlines(&encoder, &row, 1);
  }
  jpeg_finish_compress(&encoder);
  jpeg_destroy_compress(&encoder);
  const std::unique_ptr<unsigned char, decltype(&std::free)> owner(data, &std::free);
  return Bytes(data, data + size);
}

Bytes repeated(std::size_t count, const Bytes& bytes) {
  Bytes out;
  for (std::size_t i = 0; i < count; ++i) out.insert(out.end(), bytes.begin(), bytes.end());
  return out;
}

}  // namespace

TEST_CASE("equal bytes that pad image data are harmless, however many") {
  for (const auto& [kind, jpeg] : kinds()) {
    const cv::Mat whole = ImageDecoder().decode(jpeg).pixels.clone();
    for (const std::size_t count : {1U, 2U, 4U, 5U, 6U, 8U, 16U, 100U, 1000U}) {
      for (const Bytes& byte : {Bytes{0}, Bytes{0x55}, Bytes{0xFE}, Bytes{0xFF}, Bytes{0xFF, 0}}) {
        for (const bool everywhere : {false, true}) {
          INFO(kind << ", " << count << " of " << int{byte[0]} << (everywhere ? " everywhere" : " at the end"));
          const Bytes bytes = padded(jpeg, repeated(count, byte), everywhere);
          REQUIRE(bytes.size() >= jpeg.size() + count * byte.size());
          CHECK(outcome(bytes) == "ok");
          CHECK(worst(ImageDecoder().decode(bytes).pixels, whole) == 0);
        }
      }
    }
  }
}

TEST_CASE("padding is counted as far as the decoder has not read ahead") {
  for (const auto& [kind, jpeg] : kinds()) {
    INFO(kind);
    CHECK(ImageDecoder().decode(jpeg).extraneous_bytes == 0);
    const auto counted = ImageDecoder().decode(padded(jpeg, Bytes(1000, 0), false)).extraneous_bytes;
    CHECK(counted >= 1000 - 8);
    CHECK(counted <= 1000);
  }
}

TEST_CASE("unequal bytes behind image data are harmless where they are few, and damage where they are many") {
  Bytes few{1, 2, 3, 4}, many;
  for (int i = 0; i < 40; ++i) many.push_back(static_cast<std::uint8_t>(i * 37 % 251));
  for (const auto& [kind, jpeg] : kinds()) {
    INFO(kind);
    CHECK(outcome(padded(jpeg, few, false)) == "ok");
    CHECK(outcome(padded(jpeg, many, false)) == "corrupt");
    CHECK(outcome(padded(jpeg, many, true)) == "corrupt");
  }
}

TEST_CASE("any number of unequal bytes between two segments is harmless") {
  for (const auto& [kind, jpeg] : kinds()) {
    INFO(kind);
    const cv::Mat whole = ImageDecoder().decode(jpeg).pixels.clone();
    Bytes bytes = jpeg;
    const Bytes junk{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    bytes.insert(bytes.begin() + 20, junk.begin(), junk.end());  // behind JFIF's segment
    CHECK(outcome(bytes) == "ok");
    CHECK(ImageDecoder().decode(bytes).extraneous_bytes == 10);
    CHECK(worst(ImageDecoder().decode(bytes).pixels, whole) == 0);
  }
}

TEST_CASE("a JPEG of one scan for each component lacks none, or is truncated") {
  const Bytes jpeg = in_scans(noise(64));
  const auto header = boxfeed::read_image_header(jpeg);
  const cv::Mat whole = ImageDecoder().decode(jpeg).pixels.clone();
  CHECK(cv::norm(whole, noise(64), cv::NORM_INF) < 60);
  const Bytes no_end(jpeg.begin(), jpeg.end() - 2);
  CHECK(worst(ImageDecoder().decode(no_end).pixels, whole) == 0);
  CHECK(boxfeed::image_end(no_end, header) == boxfeed::ImageEnd::kUnmarked);
  int scans = 0;
  for (std::size_t i = 2; i + 1 < jpeg.size(); ++i) {
    if (jpeg[i] != 0xFF || jpeg[i + 1] != 0xDA) continue;
    if (++scans == 1) continue;  // without the first there is no header
    const Bytes part(jpeg.begin(), jpeg.begin() + static_cast<std::ptrdiff_t>(i));
    CHECK(outcome(part) == "truncated");
    CHECK(boxfeed::image_end(part, header) == boxfeed::ImageEnd::kMissing);
  }
  CHECK(scans == 3);
  CHECK(outcome(jpeg, boxfeed::DecodeOptions().max_scans(2)) == "too_complex");
}

TEST_CASE("damage before a restart marker is seen there") {
  // Of what changes a few bytes of noise, the decoder mostly notices no more than that data are left over.
  const Bytes jpeg = kinds()[2].second;
  cv::RNG random(3);
  int seen = 0;
  for (int round = 0; round < 100; ++round) {
    Bytes bytes = jpeg;
    const auto at = static_cast<std::size_t>(
        random.uniform(static_cast<int>(jpeg.size()) / 4, static_cast<int>(jpeg.size()) * 3 / 4));
    for (std::size_t i = 0; i < 20; ++i) bytes[at + i] = static_cast<std::uint8_t>(random.uniform(0, 255));
    seen += outcome(bytes) == "corrupt" ? 1 : 0;
  }
  CHECK(seen >= 95);
}
