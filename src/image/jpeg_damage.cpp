#include "image/jpeg_damage.h"

#include <jerror.h>
#include <jpeglib.h>

#include <csetjmp>
#include <cstdio>
#include <vector>

namespace boxfeed {
namespace {

/// libjpeg's error handler, which jumps back, and the judgement that it collects.
struct ErrorHandler {
  jpeg_error_mgr base;
  std::jmp_buf failed;
  JpegDamage* damage;
  ByteView bytes;
};

ErrorHandler& handler_of(j_common_ptr decoder) { return *reinterpret_cast<ErrorHandler*>(decoder->err); }

void note(j_common_ptr decoder, bool truncated) {
  JpegDamage& damage = *handler_of(decoder).damage;
  if (truncated) damage.truncated = true;
  if (!damage.text.empty()) return;
  char text[JMSG_LENGTH_MAX];
  decoder->err->format_message(decoder, text);
  damage.text = text;
}

/// True where `count` bytes before the end marker are image data that nothing needed: the data were damaged before, and
/// the decoder lost its step. Cameras pad the data too, with a few bytes or with equal ones.
bool is_left_over(j_common_ptr decoder, std::size_t count, int marker) {
  constexpr int kEndMarker = 0xD9;
  constexpr std::size_t kFew = 4;
  if (marker != kEndMarker || count <= kFew) return false;
  const ByteView bytes = handler_of(decoder).bytes;
  const auto& source = *reinterpret_cast<j_decompress_ptr>(decoder)->src;
  const std::size_t end = bytes.size() - source.bytes_in_buffer;  // behind the marker, or near it
  if (end < count + 2 || end > bytes.size()) return true;
  const ByteView padding = bytes.part(end - 2 - count, count);
  for (std::size_t i = 1; i < padding.size(); ++i) {
    if (padding[i] != padding[0]) return true;
  }
  return false;
}

void on_message(j_common_ptr decoder, int level) {
  if (level >= 0) return;  // a trace
  const auto& error = *decoder->err;
  switch (error.msg_code) {
    case JWRN_EXTRANEOUS_DATA: {
      const auto count = static_cast<std::size_t>(error.msg_parm.i[0]);
      if (is_left_over(decoder, count, error.msg_parm.i[1])) {
        note(decoder, false);
      } else {
        handler_of(decoder).damage->extraneous_bytes += count;
      }
      return;
    }
    case JWRN_JFIF_MAJOR:
    case JWRN_ADOBE_XFORM:
    case JWRN_TOO_MUCH_DATA: return;  // about the header's labels, or beyond the image
    default: note(decoder, error.msg_code == JWRN_JPEG_EOF);
  }
}

void on_error(j_common_ptr decoder) {
  note(decoder, decoder->err->msg_code == JERR_INPUT_EOF);
  std::longjmp(handler_of(decoder).failed, 1);
}

void on_output(j_common_ptr /*decoder*/) {}

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
  jpeg_finish_decompress(&decoder);
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
