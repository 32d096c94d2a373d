#pragma once

#include <optional>
#include <string>
#include <vector>

namespace boxfeed {

/// What a column's name says, before its neighbors are looked at.
enum class Word {
  kX,
  kY,
  kW,
  kH,
  kWidth,
  kHeight,
  kCenterX,
  kCenterY,
  kXMin,
  kYMin,
  kXMax,
  kYMax,
  kOtherCorner,  ///< top right or bottom left
  kImageWidth,
  kImageHeight,
  kClass,
  kSplit,
  kDifficult,
  kCrowd,
  kImage,
};

/// A name in lower case, letters and digits alone: "Left-Top.X" is "lefttopx".
std::string plain_name(const std::string& name);

/// The meaning of a column's name, however it is spelled, with or without a "bbox_" in front; none for other names.
std::optional<Word> word_of(const std::string& name);

/// Splits "nose_x", "noseX", "nose.x" and "x nose" into "nose" and x, "x12" into "12" and x; the axes are x, y and v
/// (visibility). False for other names.
bool split_keypoint_name(const std::string& name, std::string& stem, char& axis);

/// The one of `candidates` that differs from `word` by the fewest changed letters, of `kinship` letters at most one;
/// empty if none is near.
std::string nearest_word(const std::string& word, const std::vector<std::string>& candidates, std::size_t kinship = 2);

}  // namespace boxfeed
