#pragma once

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace boxfeed {

/// Why something was refused: the same words in every message, log and ledger. `reason_name` spells them.
enum class Reason {
  // Files.
  kIoOpen,
  kIoRead,
  kIoWrite,
  kNoSpace,
  kNotFound,
  kNotRegularFile,
  kPathEscape,
  kFileTooLarge,
  kEmptyFile,
  // CSV text.
  kEncoding,
  kLineEndings,
  kLineTooLong,
  kQuoteUnclosed,
  kQuoteGarbage,
  kColumnCount,
  kHeader,
  kEmptyCell,
  kBadNumber,
  kNonFinite,
  kOutOfRange,
  // Annotations.
  kSyntax,
  kClassRange,
  kAmbiguous,
  kSizeMismatch,
  kUnits,
  kDegenerate,
  kInverted,
  kOutside,
  kOutsideAll,
  kKeypointOutside,
  kCrowd,
  kDifficult,
  // Images.
  kUnknownFormat,
  kFormatNotAllowed,
  kTruncated,
  kCorrupt,
  kTooLarge,
  kTooSmall,
  kTooComplex,
  kUnsupported,
  // Examples, loaders and saved state.
  kHook,
  kBoxLost,
  kBadState,
  kDatasetChanged,
  kFormatVersion,
  kChecksum,
  kModelMismatch,
  kTimeout,
  kBusy,
  kForked,
  kErrorBudget,
};

/// The reason as it stands in messages: `reason_name(Reason::kBadNumber)` is "bad_number".
const char* reason_name(Reason reason);

/// The root of everything that boxfeed throws about data. (Wrong options are `std::invalid_argument`.)
class Error : public std::runtime_error {
 public:
  /// `message` says what was expected, what was found and where; `path` is the file that it is about, if any.
  Error(Reason reason, const std::string& message, std::string path = {});

  Reason reason() const noexcept { return reason_; }
  const std::string& path() const noexcept { return path_; }

 private:
  Reason reason_;
  std::string path_;
};

/// Something in annotation files that cannot be used.
struct AnnotationProblem {
  Reason reason = Reason::kSyntax;
  /// The annotation file.
  std::string path = {};
  /// The line in it, counted from 1; 0 for the file as a whole and for a format without lines.
  std::size_t line = 0;
  /// The name of the image, where it is known.
  std::string image = {};
  /// What was expected and what was found.
  std::string text = {};

  /// `path:line`, or the path alone for line 0.
  std::string place() const { return path + (line > 0 ? ":" + std::to_string(line) : ""); }
};

/// A CSV or another annotation file, or a line or a cell of it, that cannot be used.
class AnnotationError : public Error {
 public:
  /// The message becomes `path:line: text`; line 0 means the file as a whole.
  explicit AnnotationError(AnnotationProblem problem);
  AnnotationError(Reason reason, std::string path, std::size_t line, std::string text)
      : AnnotationError(AnnotationProblem{reason, std::move(path), line, {}, std::move(text)}) {}

  const AnnotationProblem& problem() const noexcept { return problem_; }
  /// The line, counted from 1; 0 where the whole file is meant.
  std::size_t line() const noexcept { return problem_.line; }

 private:
  AnnotationProblem problem_;
};

/// Where an example comes from: the annotation file, the line in it and the example's index in the dataset.
struct ExamplePlace {
  std::string annotation_path;
  std::size_t line = 0;
  std::size_t index = 0;

  /// `path:line`, or the path alone for line 0.
  std::string text() const { return annotation_path + (line > 0 ? ":" + std::to_string(line) : ""); }
};

/// An image that cannot be read, decoded or preprocessed.
class ImageError : public Error {
 public:
  /// The message becomes `image "path": message`.
  ImageError(Reason reason, const std::string& path, const std::string& message);

  /// The same error with the place of its example in front: `data.csv:17 (example 15): image "a.jpg": ...`.
  ImageError at(const ExamplePlace& place) const;

  /// The same error, without a place, with a note behind its text: `… (note)`.
  ImageError with_note(const std::string& note) const;

  /// The place of the example, once it is known.
  const std::optional<ExamplePlace>& place() const noexcept { return place_; }

 private:
  ImageError(const ImageError& error, const std::string& message, std::optional<ExamplePlace> place)
      : Error(error.reason(), message, error.path()), place_(std::move(place)) {}

  std::optional<ExamplePlace> place_;
};

/// `text` between double quotes, with quotes, bytes that are not UTF-8, control characters and invisible marks escaped,
/// cut to 200 bytes.
std::string quoted(const std::string& text);

}  // namespace boxfeed
