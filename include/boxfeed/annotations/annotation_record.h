#pragma once

#include <boxfeed/core/box.h>
#include <boxfeed/core/image_size.h>
#include <boxfeed/core/keypoint.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace boxfeed {

/// What one unit of a box's or a keypoint's coordinates is.
enum class BoxUnits {
  kPixels,     ///< a pixel of the original image
  kFractions,  ///< the image's width or height
};

/// Marks on an object; they are joined with `|`.
enum BoxFlags : std::uint8_t {
  kNoFlags = 0,
  kDifficult = 1,  ///< VOC: hard to recognize, left out of evaluation
  kCrowd = 2,      ///< COCO: a box around many objects
};

/// One record of a table as a value: an image and its objects. The arrays that have something for each object have it
/// in the same order.
struct AnnotationRecord {
  /// The image's name, relative to a folder of images.
  std::string name;
  /// The annotation file within the table's folder, where each image has its own.
  std::string source;
  /// The line in the annotation file, counted from 1; 0 where the format has no lines.
  std::size_t line = 0;
  /// The units of boxes and keypoints.
  BoxUnits box_units = BoxUnits::kPixels;
  std::vector<Box> boxes;
  /// One for each object, or none at all.
  std::vector<std::int32_t> class_ids;
  /// `BoxFlags`, one for each box, or none at all.
  std::vector<std::uint8_t> flags;
  /// One for each box, or none at all.
  std::vector<float> areas;
  /// The line of each box, or none at all where that is `line`.
  std::vector<std::size_t> box_lines;
  /// Equally many for each object.
  std::vector<Keypoint> keypoints;
  /// Equally many for each object.
  std::vector<float> numbers;
  std::optional<ImageSize> image_size;
  std::optional<std::int64_t> image_id;
  std::string split;
  std::string group;

  /// How many keypoints each box has; all of them where there is no box.
  std::size_t keypoints_per_object() const noexcept {
    return boxes.empty() ? keypoints.size() : keypoints.size() / boxes.size();
  }

  /// Drops the boxes that are not marked in `keep`, one mark for each, with all that belongs to them.
  void keep_boxes(const std::vector<bool>& keep);
};

}  // namespace boxfeed
