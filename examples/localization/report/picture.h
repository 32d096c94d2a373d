#pragma once

#include <boxfeed/core/box.h>
#include <boxfeed/core/file.h>
#include <boxfeed/core/image_size.h>
#include <boxfeed/data/csv_dataset.h>
#include <boxfeed/image/image_decoder.h>

#include <cstddef>
#include <cstdint>
#include <opencv2/core/mat.hpp>
#include <string>
#include <vector>

#include "training/evaluation.h"

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
  explicit PictureReader(const std::string& folder, bool allow_outside = false) : folder_(folder, allow_outside) {}

  /// With `max_side` above 0 the picture is shrunk so that no side is longer.
  /// Throws: `boxfeed::Error` for what cannot be read or decoded.
  Picture read(const std::string& name, int max_side);

 private:
  boxfeed::Folder folder_;
  boxfeed::ImageDecoder decoder_;
  std::vector<std::uint8_t> bytes_;
};

/// A box in fractions as pixels of an image of this size.
boxfeed::Box scaled(const boxfeed::Box& fractions, boxfeed::ImageSize size);

/// A box in fractions of what `preprocessing` makes of a photograph of this size, in pixels of the photograph.
boxfeed::Box box_in_photograph(const boxfeed::transforms::Pipeline& preprocessing, boxfeed::ImageSize photograph,
                               const boxfeed::Box& fractions);

/// Row i of a tensor (N, 4) of corners.
boxfeed::Box box_at(const torch::Tensor& boxes, std::size_t i);

/// A sheet of up to `count` examples, spread over the data set: the true box in green, the predicted one in red with
/// its IoU.
cv::Mat prediction_sheet(const boxfeed::CsvDataset& dataset, const std::string& images, const Evaluation& evaluation,
                         std::size_t count = 24);

}  // namespace localization
