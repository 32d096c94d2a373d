#pragma once

#include <boxfeed/annotations/annotation_table.h>

#include <array>
#include <cstddef>
#include <map>
#include <opencv2/core/mat.hpp>
#include <string>
#include <vector>

#include "data/image_scan.h"

namespace localization {

/// How the boxes of a data set are distributed.
class DatasetStats {
 public:
  /// Counts the boxes of record i, whose image has this size; height 0 where it is not known, and then the box counts
  /// only as far as that does not matter.
  void add(const boxfeed::AnnotationTable& table, std::size_t i, boxfeed::ImageSize size);

  std::size_t boxes() const { return widths_.size(); }
  /// Histograms of widths, heights, shares of the image and aspect ratios, a map of the centers, the classes.
  cv::Mat picture() const;

 private:
  std::vector<double> widths_;   ///< pixels
  std::vector<double> heights_;  ///< pixels
  std::vector<double> shares_;   ///< of the image's area, in percent
  std::vector<double> ratios_;   ///< width / height
  std::vector<std::array<double, 2>> centers_;
  std::map<std::string, std::size_t> classes_;
};

}  // namespace localization
