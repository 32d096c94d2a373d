#pragma once

#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/core/box.h>
#include <boxfeed/core/keypoint.h>
#include <boxfeed/transforms/plan.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/target.h"

namespace localization {

/// What is said about one photograph, the truth or a prediction, in pixels of it and in the units of its file.
struct Labels {
  std::optional<boxfeed::Box> box;
  std::optional<std::int64_t> class_id;
  double class_share = 1;                    ///< how sure a prediction is of the class
  std::vector<boxfeed::Keypoint> keypoints;  ///< with visibility 0 where it is not there
  std::vector<double> numbers;
};

/// The truth about record i, whose preprocessing is `plan`.
Labels true_labels(const boxfeed::AnnotationTable& table, std::size_t i, const boxfeed::transforms::Plan& plan);

/// "image" and the names of the labels of a target, as the header of a CSV: a box as x, y, h, w.
std::string csv_header(const Target& target);

/// A row of that CSV. A keypoint that is not there is at -1, -1.
std::string csv_row(const std::string& image, const Labels& labels, const Target& target);

/// A cell of a CSV: quoted where it holds a comma, a quote, a line's end or outer blanks, or could be taken for a
/// formula.
std::string csv_cell(const std::string& text);

}  // namespace localization
