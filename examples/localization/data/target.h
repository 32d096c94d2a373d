#pragma once

#include <boxfeed/annotations/annotation_table.h>

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace localization {

/// A plain number that is learned: the network gives (number - mean) / std.
struct LearnedNumber {
  std::string name;  ///< of its column
  double mean = 0;   ///< in the training set, as the next
  double std = 1;    ///< never 0
};

/// What is learned about an image.
struct Target {
  bool box = false;
  std::vector<std::string> classes;    ///< by their ids; empty where no class is learned
  std::vector<std::string> keypoints;  ///< by their names
  bool visibility = false;             ///< whether it is learned which keypoints are there
  std::vector<LearnedNumber> numbers;

  /// "one box, with its class (cat, dog); 5 keypoints (nose, …)".
  std::string description() const;
};

/// The kinds of things that can be learned, for the choice of some of them.
enum class TargetKind { kAll, kBox, kKeypoints, kNumbers };

/// What can be learned from the labels of a table, or the part of it that was asked for.
///
/// A class is learned beside a box where there are several classes; whether a keypoint is there, where some are not.
/// Throws: `boxfeed::AnnotationError` with `kHeader` where there is nothing of it.
Target target_of(const boxfeed::AnnotationTable& table, TargetKind kind = TargetKind::kAll);

/// Gives the target's numbers the mean and the deviation that they have in this table; a deviation of 0 becomes 1.
void standardize(Target& target, const boxfeed::AnnotationTable& train);

/// The largest object of each image, of those that are not difficult where there are such, and no other label than
/// those of a target.
struct OneObjectEach {
  /// Its label columns are, as far as they are learned: xmin, ymin, xmax, ymax of the box; the class; x, y, visibility
  /// of each keypoint; the numbers.
  boxfeed::AnnotationTable table;
  std::vector<std::size_t> indices;  ///< of its records in the table that they come from
  std::size_t several = 0;           ///< images that had more than one object
  std::size_t without = 0;           ///< images that had none, and are left out
};

/// Requires: rows of the same image are joined.
/// Throws: `boxfeed::AnnotationError` where the table has not what the target needs.
OneObjectEach one_object_each(const boxfeed::AnnotationTable& table, const Target& target);

/// "1 image", "2 classes".
std::string count_of(std::size_t count, const std::string& what);

/// Which keypoints change places in a mirrored image: those of the same name but for "left" and "right".
std::vector<std::array<std::size_t, 2>> flip_pairs(const std::vector<std::string>& keypoints);

}  // namespace localization
