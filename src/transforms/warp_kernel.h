#pragma once

#include <boxfeed/core/plane_map.h>
#include <boxfeed/image/resampler.h>

#include <opencv2/core/mat.hpp>

#include "transforms/polygon.h"

namespace boxfeed::transforms {

/// Fills the pixels `part` of row `row` of `output` from `source` under the map from the output to the source. Beyond
/// the source's edges its edge pixels go on.
///
/// Requires: bytes, or floats from 0 to 255, with 1 or 3 channels, both the same; the map sees the row from the front.
void warp_row(const cv::Mat& source, const PlaneMap& output_to_source, Interpolation interpolation, int row,
              RowPart part, cv::Mat& output);

}  // namespace boxfeed::transforms
