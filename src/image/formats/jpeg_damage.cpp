#include "image/formats/jpeg_damage.h"

#include <jerror.h>
#include <jpeglib.h>

#include <algorithm>
#include <csetjmp>
#include <cstdio>
#include <vector>

#include "image/bytes.h"

namespace boxfeed {
namespace {

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

void on_output(j_common_ptr /*decoder*/) {}

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

}  // namespace

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
  handler.base.output_message = on_output;
  if (setjmp(handler.failed) == 0) {  // NOLINT: libjpeg's way to report an error
    jpeg_create_decompress(&decoder);
    jpeg_mem_src(&decoder, bytes.data(), static_cast<unsigned long>(bytes.size()));
    read_through(decoder, row);
  }
  jpeg_destroy_decompress(&decoder);
  return damage;
}

}  // namespace boxfeed
