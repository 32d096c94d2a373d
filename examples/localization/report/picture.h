#pragma once

#include <boxfeed/core/box.h>
#include <boxfeed/core/color.h>
#include <boxfeed/core/file.h>
#include <boxfeed/core/image_size.h>
#include <boxfeed/image/image_decoder.h>

#include <cstdint>
#include <opencv2/core/mat.hpp>
#include <string>
#include <vector>

#include "data/labels.h"

namespace localization {

/// A photograph to draw on, in RGB.
struct Picture {
  cv::Mat image;
  boxfeed::ImageSize original;  ///< the size of the photograph itself, as it is displayed
};

/// Reads photographs out of a folder, as they are displayed.
class PictureReader {
 public:
  /// Names that lead out of the folder are read only with `allow_outside`.
  explicit PictureReader(const std::string& folder, bool allow_outside = false,
                         const boxfeed::DecodeOptions& decode = {})
      : folder_(folder, allow_outside), decoder_(decode) {}

  /// With `max_side` above 0 the picture is shrunk so that no side is longer.
  /// Throws: `boxfeed::Error` for what cannot be read or decoded.
  Picture read(const std::string& name, int max_side);

 private:
  boxfeed::Folder folder_;
  boxfeed::ImageDecoder decoder_;
  std::vector<std::uint8_t> bytes_;
};

constexpr boxfeed::Color kTruthColor{0, 220, 0}, kPredictionColor{230, 0, 0};

/// The image of a picture with the box and the keypoints that labels give its photograph, and a text at the box.
cv::Mat drawn(const Picture& picture, const Labels& labels, boxfeed::Color color, const std::string& text = {});

/// The image with words below it, in black on white, in as many lines as they need; ASCII.
cv::Mat captioned(const cv::Mat& image, const std::vector<std::string>& words);

}  // namespace localization
