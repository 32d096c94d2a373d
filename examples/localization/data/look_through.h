#pragma once

#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/annotations/box_policy.h>

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "data/annotation_files.h"

namespace localization {

/// How many images that cannot be used are left out, before it is an error.
struct SkipBad {
  double limit = 0;  ///< below 1 a share of the images, else a number of them

  bool allows(std::size_t bad, std::size_t images) const;
};

/// How images are looked through.
struct LookOptions {
  SkipBad skip;
  bool keep = true;         ///< whether what was seen is kept in a file
  std::size_t threads = 1;  ///< the caller's among them
  std::function<void(std::size_t done, std::size_t total)> progress = [](std::size_t, std::size_t) {};
  /// Where several processes need the same: calls its argument in one of them, and returns the result in each.
  std::function<std::string(const std::function<std::string()>&)> once = {};
};

/// A table of which all images and boxes can be used.
struct LookedThrough {
  boxfeed::AnnotationTable table;
  std::vector<boxfeed::ImageSize> sizes;  ///< of the images, as they are displayed
  boxfeed::BoxReport report;              ///< what was done about boxes
  std::vector<std::string> bad;           ///< what is wrong with the images that are left out
};

/// Looks at all images of a table, whether each can be read and goes on to its end, and whether the boxes lie in it.
/// What was seen is kept in a file beside the annotations, where that is allowed, and is taken from there for images
/// that have the same size and time as then.
/// Requires: rows of the same image are joined.
/// Throws: `boxfeed::Error` with up to 20 of the images that cannot be used, where they are too many.
LookedThrough look_through(const boxfeed::AnnotationTable& table, const std::string& images,
                           const AnnotationFiles& files, const LookOptions& options);

/// The file in which is kept what was seen of the images of these annotations.
std::string seen_file(const boxfeed::AnnotationTable& table);

}  // namespace localization
