#include <boxfeed/core/error.h>
#include <jerror.h>
#include <jpeglib.h>
#include <turbojpeg.h>

#include <algorithm>
#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "image/bytes.h"
#include "image/codec.h"
#include "image/exif.h"

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

/// What is wrong with the data of a JPEG.
struct JpegDamage {
  /// Bytes that belong to nothing and are harmless: between segments, and what pads the image data.
  std::size_t extraneous_bytes = 0;
  /// True where the end marker is missing, whatever else is.
  bool no_end_marker = false;
  /// What is wrong with the image: the library's text for the first such thing; empty where every pixel can be trusted.
  std::string text;
};

/// libjpeg's error handler, which jumps back, and the judgment that it collects.
struct ErrorHandler {
  jpeg_error_mgr base;
  std::jmp_buf failed;
  JpegDamage* damage;
  ByteView bytes;
  bool in_image_data;        // since the last scan's header no segment has come
  std::size_t uncounted;     // padding before restart markers, which libjpeg counts at a later marker only
  std::uint8_t last_padded;  // the byte before the last restart marker
};

ErrorHandler& handler_of(j_common_ptr decoder) { return *reinterpret_cast<ErrorHandler*>(decoder->err); }

void note(j_common_ptr decoder) {
  JpegDamage& damage = *handler_of(decoder).damage;
  if (!damage.text.empty()) return;
  char text[JMSG_LENGTH_MAX];
  decoder->err->format_message(decoder, text);
  damage.text = text;
}

/// The bytes up to where the decoder stands.
ByteView passed_bytes(j_common_ptr decoder) {
  const ByteView bytes = handler_of(decoder).bytes;
  const std::size_t left = reinterpret_cast<j_decompress_ptr>(decoder)->src->bytes_in_buffer;
  return left > bytes.size() ? ByteView() : part(bytes, 0, bytes.size() - left);  // libjpeg may add an end marker
}

/// How many equal bytes end where `bytes` do. A byte 0xFF of image data is written as 0xFF, 0.
std::size_t equal_bytes_at_end(ByteView bytes) {
  const std::size_t size = bytes.size();
  const bool full = size > 1 && bytes[size - 2] == 0xFF;
  const std::size_t period = full ? 2 : 1;
  std::size_t count = std::min(period, size);
  while (count < size && bytes[size - 1 - count] == bytes[size - 1 - count + period]) ++count;
  return count;
}

/// True where `count` bytes before a marker are image data that nothing needed: the data were damaged before, and the
/// decoder lost its step. Cameras pad image data too, with a few bytes or with equal ones.
bool is_left_over(j_common_ptr decoder, std::size_t count) {
  constexpr std::size_t kFew = 4;
  ErrorHandler& handler = handler_of(decoder);
  const std::size_t uncounted = handler.uncounted;
  handler.uncounted = 0;
  return handler.in_image_data && count > kFew + uncounted + equal_bytes_at_end(passed_bytes(decoder));
}

/// Notes what may be padding before a restart marker, as far as the decoder has read ahead: equal bytes, or the one
/// that stood before the last such marker, too. One marker without padding, and no marker has any.
void note_padding(ErrorHandler& handler, ByteView passed) {
  constexpr std::size_t kMarkerBytes = 2, kMostReadAhead = 7;
  if (passed.size() <= kMarkerBytes) return;
  const ByteView before = part(passed, 0, passed.size() - kMarkerBytes);
  const std::size_t equal = equal_bytes_at_end(before);
  const std::uint8_t last = before[before.size() - 1];
  const bool padded = equal > 1 || last == handler.last_padded;
  handler.uncounted = padded ? handler.uncounted + std::min(equal, kMostReadAhead) : 0;
  handler.last_padded = last;
}

void on_trace(j_common_ptr decoder) {
  ErrorHandler& handler = handler_of(decoder);
  const int code = decoder->err->msg_code;
  if (code == JTRC_RST) note_padding(handler, passed_bytes(decoder));
  if (code == JTRC_SOS || code == JTRC_SOS_COMPONENT) return;
  handler.in_image_data = code == JTRC_RST || code == JTRC_SOS_PARAMS;
  if (!handler.in_image_data) handler.uncounted = 0;
}

void on_message(j_common_ptr decoder, int level) {
  if (level >= 0) return on_trace(decoder);
  const auto& error = *decoder->err;
  switch (error.msg_code) {
    case JWRN_EXTRANEOUS_DATA: {
      const auto count = static_cast<std::size_t>(error.msg_parm.i[0]);
      if (is_left_over(decoder, count)) {
        note(decoder);
      } else {
        handler_of(decoder).damage->extraneous_bytes += count;
      }
      return;
    }
    case JWRN_JFIF_MAJOR:
    case JWRN_ADOBE_XFORM:
    case JWRN_TOO_MUCH_DATA: return;  // about the header's labels, or beyond the image
    case JWRN_JPEG_EOF: handler_of(decoder).damage->no_end_marker = true; return;
    default: note(decoder);
  }
}

void on_error(j_common_ptr decoder) {
  note(decoder);
  std::longjmp(handler_of(decoder).failed, 1);
}

/// True where all scans were there: one at least of each component, and of a progressive image those with the last
/// bits. An arithmetic decoder makes up data that are missing, and does not say so.
bool has_all_scans(const jpeg_decompress_struct& decoder) {
  for (int c = 0; c < decoder.num_components; ++c) {
    if (decoder.comp_info[c].quant_table == nullptr) return false;  // set by the first scan
    if (!decoder.progressive_mode) continue;
    const int* missing_bits = decoder.coef_bits[c];
    if (std::any_of(missing_bits, missing_bits + DCTSIZE2, [](int bits) { return bits != 0; })) return false;
  }
  return decoder.arith_code == FALSE;
}

/// Decodes at an eighth of the size, row by row, and forgets the pixels.
void read_through(jpeg_decompress_struct& decoder, std::vector<JSAMPLE>& row) {
  jpeg_read_header(&decoder, TRUE);
  decoder.scale_num = 1;
  decoder.scale_denom = 8;
  decoder.dct_method = JDCT_IFAST;
  decoder.do_fancy_upsampling = FALSE;
  jpeg_start_decompress(&decoder);
  row.resize(std::size_t{decoder.output_width} * static_cast<std::size_t>(decoder.output_components));
  JSAMPROW rows[] = {row.data()};
  while (decoder.output_scanline < decoder.output_height) jpeg_read_scanlines(&decoder, rows, 1);
  const bool all_scans = has_all_scans(decoder);
  jpeg_finish_decompress(&decoder);
  JpegDamage& damage = *handler_of(reinterpret_cast<j_common_ptr>(&decoder)).damage;
  if (damage.no_end_marker && !all_scans && damage.text.empty()) damage.text = "scans are missing";
}

/// Reads a JPEG's data through once more and judges each of the decoder's warnings. TurboJPEG keeps the text of the
/// first alone, so that a harmless one hides damage behind it; libjpeg's own interface tells them all.
JpegDamage find_jpeg_damage(ByteView bytes) {
  JpegDamage damage;
  std::vector<JSAMPLE> row;
  jpeg_decompress_struct decoder{};
  ErrorHandler handler{};
  handler.damage = &damage;
  handler.bytes = bytes;
  decoder.err = jpeg_std_error(&handler.base);
  handler.base.error_exit = on_error;
  handler.base.emit_message = on_message;
  handler.base.output_message = [](j_common_ptr) {};
  if (setjmp(handler.failed) == 0) {  // NOLINT: libjpeg's way to report an error
    jpeg_create_decompress(&decoder);
    jpeg_mem_src(&decoder, bytes.data(), static_cast<unsigned long>(bytes.size()));
    read_through(decoder, row);
  }
  jpeg_destroy_decompress(&decoder);
  return damage;
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
ImageEnd end(ByteView bytes) {
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
