#include <boxfeed/core/error.h>
#include <utf8proc.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <utility>

namespace boxfeed {
namespace {

constexpr std::size_t kMaxQuoted = 200;

/// Whether a character is one that nobody sees: a byte order mark, marks of width 0 or of direction, controls.
bool is_invisible(std::int32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xAD || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF;
}

}  // namespace

const char* reason_name(Reason reason) {
  switch (reason) {
    case Reason::kIoOpen: return "io_open";
    case Reason::kIoRead: return "io_read";
    case Reason::kIoWrite: return "io_write";
    case Reason::kNoSpace: return "no_space";
    case Reason::kNotFound: return "not_found";
    case Reason::kNotRegularFile: return "not_regular_file";
    case Reason::kPathEscape: return "path_escape";
    case Reason::kFileTooLarge: return "file_too_large";
    case Reason::kEmptyFile: return "empty_file";
    case Reason::kEncoding: return "encoding";
    case Reason::kLineEndings: return "line_endings";
    case Reason::kLineTooLong: return "line_too_long";
    case Reason::kQuoteUnclosed: return "quote_unclosed";
    case Reason::kQuoteGarbage: return "quote_garbage";
    case Reason::kColumnCount: return "column_count";
    case Reason::kHeader: return "header";
    case Reason::kEmptyCell: return "empty_cell";
    case Reason::kBadNumber: return "bad_number";
    case Reason::kNonFinite: return "non_finite";
    case Reason::kOutOfRange: return "out_of_range";
    case Reason::kSyntax: return "syntax";
    case Reason::kClassRange: return "class_range";
    case Reason::kAmbiguous: return "ambiguous";
    case Reason::kSizeMismatch: return "size_mismatch";
    case Reason::kUnits: return "units";
    case Reason::kDegenerate: return "degenerate";
    case Reason::kInverted: return "inverted";
    case Reason::kOutside: return "outside";
    case Reason::kOutsideAll: return "outside_all";
    case Reason::kKeypointOutside: return "keypoint_outside";
    case Reason::kCrowd: return "crowd";
    case Reason::kDifficult: return "difficult";
    case Reason::kUnknownFormat: return "unknown_format";
    case Reason::kFormatNotAllowed: return "format_not_allowed";
    case Reason::kTruncated: return "truncated";
    case Reason::kCorrupt: return "corrupt";
    case Reason::kTooLarge: return "too_large";
    case Reason::kTooSmall: return "too_small";
    case Reason::kTooComplex: return "too_complex";
    case Reason::kUnsupported: return "unsupported";
    case Reason::kHook: return "hook";
    case Reason::kBoxLost: return "box_lost";
    case Reason::kBadState: return "bad_state";
    case Reason::kDatasetChanged: return "dataset_changed";
    case Reason::kFormatVersion: return "format_version";
    case Reason::kChecksum: return "checksum";
    case Reason::kModelMismatch: return "model_mismatch";
    case Reason::kTimeout: return "timeout";
    case Reason::kBusy: return "busy";
    case Reason::kForked: return "forked";
    case Reason::kErrorBudget: return "error_budget";
  }
  return "unknown";
}

Error::Error(Reason reason, const std::string& message, std::string path)
    : std::runtime_error(message), reason_(reason), path_(std::move(path)) {}

AnnotationError::AnnotationError(AnnotationProblem problem)
    : Error(problem.reason, problem.place() + ": " + problem.text, problem.path), problem_(std::move(problem)) {}

ImageError::ImageError(Reason reason, const std::string& path, const std::string& message)
    : Error(reason, "image " + quoted(path) + ": " + message, path) {}

ImageError ImageError::at(const ExamplePlace& place) const {
  return {*this, place.text() + " (example " + std::to_string(place.index) + "): " + what(), place};
}

ImageError ImageError::with_note(const std::string& note) const {
  return {*this, std::string(what()) + " (" + note + ")", std::nullopt};
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size();) {
    if (out.size() > kMaxQuoted) {
      out += "…";
      break;
    }
    const auto* const at = reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + i;
    utf8proc_int32_t character = 0;
    const auto length = utf8proc_iterate(at, static_cast<utf8proc_ssize_t>(text.size() - i), &character);
    const std::size_t end = i + static_cast<std::size_t>(std::max<utf8proc_ssize_t>(length, 1));
    if (length <= 0 || is_invisible(character)) {
      for (; i < end; ++i) {
        char escape[8];
        std::snprintf(escape, sizeof escape, "\\x%02x", static_cast<unsigned char>(text[i]));
        out += escape;
      }
    } else {
      if (text[i] == '"' || text[i] == '\\') out += '\\';
      out.append(text, i, end - i);
      i = end;
    }
  }
  return out + "\"";
}

}  // namespace boxfeed
