#pragma once

#include <boxfeed/core/box.h>

#include <cstddef>
#include <string>
#include <vector>

namespace boxfeed {

/// What a label is.
enum class LabelKind {
  kBox,       ///< one of the four numbers of a box
  kClass,     ///< a class, by name or id
  kKeypoint,  ///< x, y or visibility of a keypoint
  kNumber,    ///< a plain number, which no change of the image touches
};

/// One number of a row's label and where the table keeps it.
struct LabelColumn {
  std::string name;
  LabelKind kind = LabelKind::kNumber;
  /// kBox: the position in `box_values(format, box)`; kKeypoint: 3 k + (0: x, 1: y, 2: visibility) for the k-th
  /// keypoint; kNumber: the position among the numbers; kClass: 0.
  std::size_t component = 0;

  friend bool operator==(const LabelColumn& a, const LabelColumn& b) {
    return a.name == b.name && a.kind == b.kind && a.component == b.component;
  }
};

/// What one unit of a box's or a keypoint's coordinates is.
enum class BoxUnits {
  kPixels,     ///< a pixel of the original image
  kFractions,  ///< the image's width or height
};

/// The labels of a row in the order in which its file gives them: columns `image,h,w,x,y,score` are the components
/// 2, 3, 0, 1 of a box in `kXYHW`, then number 0.
struct LabelLayout {
  std::vector<LabelColumn> columns;
  BoxFormat box_format = BoxFormat::kXYHW;
};

}  // namespace boxfeed
