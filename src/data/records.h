#pragma once

#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/annotations/box_policy.h>
#include <boxfeed/core/error.h>
#include <boxfeed/core/file.h>
#include <boxfeed/core/image_size.h>

#include <cstddef>
#include <exception>
#include <utility>

namespace boxfeed {

/// Opens the file of every record once.
/// Throws: `Error` with the first problem's reason; its text lists up to 20 files and the number of all.
void check_image_files(const AnnotationTable& table, const Folder& folder);

/// Record `index` alone, its boxes as the policy leaves them now that the size of the image is known.
/// Throws: `AnnotationError` where the policy refuses a box.
AnnotationTable record_in_image(const AnnotationTable& table, std::size_t index, BoxPolicy policy, ImageSize image);

/// What `load` returns. An `ImageError` that it throws gets the place of record `index`; an exception of the user's
/// that is nested in it stays so.
template <typename Load>
auto with_place(const AnnotationTable& table, std::size_t index, Load&& load) {
  try {
    return std::forward<Load>(load)();
  } catch (const ImageError& error) {
    const ImageError placed = error.at(table.place(index));
    if (dynamic_cast<const std::nested_exception*>(&error) == nullptr) throw placed;
    try {
      std::rethrow_if_nested(error);
      throw;
    } catch (...) {
      std::throw_with_nested(placed);
    }
  }
}

}  // namespace boxfeed
