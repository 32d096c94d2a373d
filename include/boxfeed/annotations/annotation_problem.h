#pragma once

#include <boxfeed/core/error.h>

#include <cstddef>
#include <string>

namespace boxfeed {

/// Something in annotation files that cannot be used.
struct AnnotationProblem {
  Reason reason = Reason::kSyntax;
  /// The annotation file.
  std::string path;
  /// The line in it, counted from 1; 0 for the file as a whole and for a format without lines.
  std::size_t line = 0;
  /// The name of the image, where it is known.
  std::string image;
  /// What was expected and what was found.
  std::string text;
};

}  // namespace boxfeed
