#include <turbojpeg.h>

#include <memory>
#include <string>

#include "image/byte_order.h"
#include "image/format_header.h"
#include "image/jpeg_markers.h"

namespace boxfeed {
namespace {

constexpr int kSof0 = 0xC0, kSof1 = 0xC1, kSof2 = 0xC2, kSof10 = 0xCA;
constexpr int kDht = 0xC4, kJpg = 0xC8, kDac = 0xCC;
constexpr int kSos = 0xDA, kApp1 = 0xE1;

bool is_frame(int marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != kDht && marker != kJpg && marker != kDac;
}

void read_frame(const ImageSource& source, ByteView frame, ImageHeader& header) {
  if (frame.size() < 6) source.fail(Reason::kCorrupt, "the JPEG's frame header is too short");
  header.bit_depth = frame[0];
  header.stored = {big16(frame, 1), big16(frame, 3)};
  header.channels = frame[5];
}

/// Refuses what libjpeg cannot decode, with its own words.
void check_process(const ImageSource& source) {
  const std::unique_ptr<void, decltype(&tjDestroy)> decoder(tjInitDecompress(), &tjDestroy);
  int width = 0, height = 0, subsampling = 0, colors = 0;
  if (tjDecompressHeader3(decoder.get(), source.bytes.data(), source.bytes.size(), &width, &height, &subsampling,
                          &colors) != 0 &&
      tjGetErrorCode(decoder.get()) == TJERR_FATAL) {
    source.fail(Reason::kUnsupported, tjGetErrorStr2(decoder.get()));
  }
}

int count_scans(JpegMarkers markers) {
  int scans = 1;
  while (markers.next() && markers.marker() != JpegMarkers::kEoi) scans += markers.marker() == kSos ? 1 : 0;
  return scans;
}

}  // namespace

void read_jpeg_header(const ImageSource& source, const DecodeOptions& options, ImageHeader& header) {
  JpegMarkers markers(source.bytes);
  int frame = 0;
  bool seen_exif = false;
  markers.next();  // SOI, by which it was recognized
  while (markers.next()) {
    const int marker = markers.marker();
    if (marker == JpegMarkers::kSoi)
      source.fail(Reason::kCorrupt, "a second JPEG begins inside the first one's header");
    if (marker == JpegMarkers::kEoi) break;
    if (markers.beyond_end()) {
      source.fail(Reason::kTruncated,
                  "the JPEG ends within its header, after " + std::to_string(source.bytes.size()) + " bytes");
    }
    if (markers.bad_length()) source.fail(Reason::kCorrupt, "a segment of the JPEG's header has an impossible length");
    if (is_frame(marker)) {
      if (frame != 0) source.fail(Reason::kCorrupt, "the JPEG has two frame headers");
      frame = marker;
      read_frame(source, markers.content(), header);
    } else if (marker == kApp1 && !seen_exif && stands_at(markers.content(), 0, "Exif\0\0")) {
      seen_exif = true;
      apply_exif(markers.content().part(6), header);
    } else if (marker == kSos) {
      if (frame == 0) source.fail(Reason::kCorrupt, "the JPEG has a scan before its frame header");
      if (header.stored.height == 0 || header.stored.width == 0) return;  // refused with the sizes of all formats
      if ((frame != kSof0 && frame != kSof1 && frame != kSof2) || header.bit_depth != 8) check_process(source);
      const ByteView scan = markers.content();
      const bool several_scans = frame == kSof2 || frame == kSof10 || (scan.size() > 0 && scan[0] < header.channels);
      const int scans = several_scans ? count_scans(markers) : 1;
      if (scans > options.max_scans()) {
        source.fail(Reason::kTooComplex, "expected at most " + std::to_string(options.max_scans()) +
                                             " scans, the JPEG has " + std::to_string(scans));
      }
      return;
    }
  }
  source.fail(Reason::kTruncated,
              "the JPEG ends before its image data, after " + std::to_string(source.bytes.size()) + " bytes");
}

}  // namespace boxfeed
