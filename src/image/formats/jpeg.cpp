#include <turbojpeg.h>

#include <cstring>
#include <memory>
#include <new>
#include <string>

#include "image/bytes.h"
#include "image/codec.h"
#include "image/exif.h"
#include "image/formats/jpeg_damage.h"

namespace boxfeed {
namespace {

using namespace std::string_view_literals;

constexpr int kSoi = 0xD8, kEoi = 0xD9, kSos = 0xDA, kApp1 = 0xE1;
constexpr int kSof0 = 0xC0, kSof1 = 0xC1, kSof2 = 0xC2, kSof10 = 0xCA;

bool is_frame(int marker) {
  constexpr int kDht = 0xC4, kJpg = 0xC8, kDac = 0xCC;
  return marker >= 0xC0 && marker <= 0xCF && marker != kDht && marker != kJpg && marker != kDac;
}

bool has_segment(int marker) {
  constexpr int kTem = 0x01, kFirstRestart = 0xD0, kLastRestart = 0xD7;
  const bool restart = marker >= kFirstRestart && marker <= kLastRestart;
  return !restart && marker != kTem && marker != kSoi && marker != kEoi;
}

/// Walks over the markers of a JPEG as libjpeg does: bytes that belong to no segment are passed over.
class Markers {
 public:
  explicit Markers(ByteView bytes) : bytes_(bytes) {}

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
      if (has_segment(marker_)) segment_bytes_ = part(bytes_, position_).size() < 2 ? 2 : big16(bytes_, position_);
      return true;
    }
    return false;
  }

  int marker() const { return marker_; }
  /// What follows the length of the segment, as far as it is there.
  ByteView content() const { return part(bytes_, position_ + 2, segment_bytes_ < 2 ? 0 : segment_bytes_ - 2); }
  /// True where the segment is longer than the rest of the file.
  bool beyond_end() const { return segment_bytes_ > bytes_.size() - position_; }
  bool bad_length() const { return has_segment(marker_) && segment_bytes_ < 2; }

 private:
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
  int width = 0, height = 0, subsampling = 0, colors = 0;
  if (tjDecompressHeader3(decoder.get(), source.bytes.data(), source.bytes.size(), &width, &height, &subsampling,
                          &colors) != 0 &&
      tjGetErrorCode(decoder.get()) == TJERR_FATAL) {
    source.fail(Reason::kUnsupported, tjGetErrorStr2(decoder.get()));
  }
}

int count_scans(Markers markers) {
  int scans = 1;
  while (markers.next() && markers.marker() != kEoi) scans += markers.marker() == kSos ? 1 : 0;
  return scans;
}

bool recognizes(ByteView bytes) { return stands_at(bytes, 0, "\xFF\xD8\xFF"); }

void read_header(const ImageSource& source, const DecodeOptions& options, ImageHeader& header) {
  Markers markers(source.bytes);
  int frame = 0;
  bool seen_exif = false;
  markers.next();  // SOI, by which it was recognized
  while (markers.next()) {
    const int marker = markers.marker();
    if (marker == kSoi) source.fail(Reason::kCorrupt, "a second JPEG begins inside the first one's header");
    if (marker == kEoi) break;
    if (markers.beyond_end()) source.fail_truncated("the JPEG ends within its header");
    if (markers.bad_length()) source.fail(Reason::kCorrupt, "a segment of the JPEG's header has an impossible length");
    if (is_frame(marker)) {
      if (frame != 0) source.fail(Reason::kCorrupt, "the JPEG has two frame headers");
      frame = marker;
      read_frame(source, markers.content(), header);
    } else if (marker == kApp1 && !seen_exif && stands_at(markers.content(), 0, "Exif\0\0"sv)) {
      seen_exif = true;
      read_exif(part(markers.content(), 6), header);
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
  source.fail_truncated("the JPEG ends before its image data");
}

ImageSize divided(ImageSize size, int denominator) {
  return {(size.height + denominator - 1) / denominator, (size.width + denominator - 1) / denominator};
}

/// The largest of 1, 2, 4 and 8 by which `stored` can be divided (rounding up) without falling below `at_least`.
int denominator_for(ImageSize stored, ImageSize at_least) {
  if (at_least.height <= 0 || at_least.width <= 0) return 1;
  int denominator = 1;
  for (const int next : {2, 4, 8}) {
    const ImageSize size = divided(stored, next);
    if (size.height < at_least.height || size.width < at_least.width) break;
    denominator = next;
  }
  return denominator;
}

/// RGB out of CMYK as Adobe writes it, where 255 is no ink.
void convert_inks(const cv::Mat& inks, cv::Mat& rgb) {
  for (int y = 0; y < inks.rows; ++y) {
    const auto* from = inks.ptr<std::uint8_t>(y);
    auto* to = rgb.ptr<std::uint8_t>(y);
    for (int x = 0; x < inks.cols; ++x, from += 4, to += 3) {
      for (int c = 0; c < 3; ++c) to[c] = static_cast<std::uint8_t>((from[c] * from[3] + 127) / 255);
    }
  }
}

/// Judges what TurboJPEG did not like.
void judge(const ImageSource& source, const std::string& text, bool fatal, DecodedImage& image) {
  const JpegDamage damage = find_jpeg_damage(source.bytes);
  if (fatal || !damage.text.empty()) {
    if (damage.no_end_marker) source.fail_truncated("the JPEG ends within its image data");
    source.fail(Reason::kCorrupt, damage.text.empty() ? text : damage.text);
  }
  image.extraneous_bytes = damage.extraneous_bytes;
  image.no_end_marker = damage.no_end_marker;
}

void decode(const ImageSource& source, const DecodeRequest& request, Workspace& space, DecodedImage& image) {
  if (space.library == nullptr) space.library.reset(tjInitDecompress(), &tjDestroy);
  if (space.library == nullptr) throw std::bad_alloc();
  void* turbo = space.library.get();
  const int denominator = denominator_for(image.header.stored, request.at_least);
  const ImageSize size = divided(image.header.stored, denominator);
  const bool inks = image.header.channels == 4;
  const int channels = inks ? 4 : request.channels;
  cv::Mat pixels = (inks ? space.inks : space.pixels).take(size, channels);
  const int format = inks ? TJPF_CMYK : channels == 3 ? TJPF_RGB : TJPF_GRAY;
  if (tjDecompress2(turbo, source.bytes.data(), source.bytes.size(), pixels.data, pixels.cols,
                    static_cast<int>(pixels.step), pixels.rows, format, 0) != 0) {
    judge(source, tjGetErrorStr2(turbo), tjGetErrorCode(turbo) == TJERR_FATAL, image);
  }
  if (inks) {
    image.pixels = space.pixels.take(size, 3);
    convert_inks(pixels, image.pixels);
  } else {
    image.pixels = pixels;
  }
  image.to_displayed = PlaneMap::scale(denominator, denominator);
}

/// The content of a segment (a small picture, for instance) may hold an end marker of its own: it is passed over.
ImageEnd end(ByteView bytes, const ImageHeader& /*header*/) {
  Markers markers(bytes);
  while (markers.next()) {
    if (markers.marker() == kEoi) return ImageEnd::kThere;
  }
  return find_jpeg_damage(bytes).text.empty() ? ImageEnd::kUnmarked : ImageEnd::kMissing;
}

}  // namespace

const Codec kJpegCodec{
    ImageFormat::kJpeg, "JPEG", {{"jpg", "jpeg", "jpe", "jfif", "mpo"}}, recognizes, read_header, decode, end,
};

}  // namespace boxfeed
