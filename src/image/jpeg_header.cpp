#include <turbojpeg.h>

#include <cstring>
#include <memory>
#include <string>

#include "image/byte_order.h"
#include "image/format_header.h"

namespace boxfeed {
namespace {

constexpr int kSof0 = 0xC0, kSof1 = 0xC1, kSof2 = 0xC2, kSof10 = 0xCA;
constexpr int kDht = 0xC4, kJpg = 0xC8, kDac = 0xCC;
constexpr int kSoi = 0xD8, kEoi = 0xD9, kSos = 0xDA, kApp1 = 0xE1, kTem = 0x01;

bool is_restart(int marker) { return marker >= 0xD0 && marker <= 0xD7; }
bool is_frame(int marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != kDht && marker != kJpg && marker != kDac;
}

/// Walks over the markers of a JPEG as libjpeg does: bytes that belong to no segment are passed over.
class JpegMarkers {
 public:
  explicit JpegMarkers(ByteView bytes) : bytes_(bytes) {}

  /// Goes to the next marker; false at the end of the bytes.
  bool next() {
    position_ += segment_bytes_;
    segment_bytes_ = 0;
    while (position_ < bytes_.size()) {
      const auto* found =
          static_cast<const std::uint8_t*>(std::memchr(bytes_.data() + position_, 0xFF, bytes_.size() - position_));
      if (found == nullptr) break;
      position_ = static_cast<std::size_t>(found - bytes_.data());
      while (position_ < bytes_.size() && bytes_[position_] == 0xFF) ++position_;
      if (position_ == bytes_.size()) break;
      marker_ = bytes_[position_++];
      if (marker_ == 0) continue;
      if (has_segment()) read_segment();
      return true;
    }
    return false;
  }

  int marker() const { return marker_; }
  /// What follows the length of the segment, as far as it is there.
  ByteView content() const { return bytes_.part(position_ + 2, segment_bytes_ < 2 ? 0 : segment_bytes_ - 2); }
  /// True where the segment is longer than the rest of the file.
  bool beyond_end() const { return segment_bytes_ > bytes_.size() - position_; }
  bool bad_length() const { return has_segment() && segment_bytes_ < 2; }

 private:
  bool has_segment() const { return !is_restart(marker_) && marker_ != kTem && marker_ != kSoi && marker_ != kEoi; }
  void read_segment() {
    const ByteView length = bytes_.part(position_, 2);
    segment_bytes_ = length.size() < 2 ? 2 : big16(length, 0);
  }

  ByteView bytes_;
  std::size_t position_ = 0;
  std::size_t segment_bytes_ = 0;
  int marker_ = 0;
};

void read_frame(const ImageSource& source, ByteView frame, ImageHeader& header) {
  if (frame.size() < 6) source.fail(Reason::kCorrupt, "the JPEG's frame header is too short");
  header.bit_depth = frame[0];
  header.stored = {big16(frame, 1), big16(frame, 3)};
  header.channels = frame[5];
}

/// Refuses what libjpeg cannot decode, with its own words.
void check_process(const ImageSource& source) {
  const std::unique_ptr<void, decltype(&tjDestroy)> decoder(tjInitDecompress(), &tjDestroy);
  int width = 0, height = 0, subsampling = 0, colours = 0;
  if (tjDecompressHeader3(decoder.get(), source.bytes.data(), source.bytes.size(), &width, &height, &subsampling,
                          &colours) != 0 &&
      tjGetErrorCode(decoder.get()) == TJERR_FATAL) {
    source.fail(Reason::kUnsupported, tjGetErrorStr2(decoder.get()));
  }
}

int count_scans(JpegMarkers markers) {
  int scans = 1;
  while (markers.next() && markers.marker() != kEoi) scans += markers.marker() == kSos ? 1 : 0;
  return scans;
}

}  // namespace

void read_jpeg_header(const ImageSource& source, const DecodeOptions& options, ImageHeader& header) {
  JpegMarkers markers(source.bytes);
  int frame = 0;
  bool seen_exif = false;
  markers.next();  // SOI, by which it was recognised
  while (markers.next()) {
    const int marker = markers.marker();
    if (marker == kSoi) source.fail(Reason::kCorrupt, "a second JPEG begins inside the first one's header");
    if (marker == kEoi) break;
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
