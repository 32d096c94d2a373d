#pragma once

#include <boxfeed/data/dataset_options.h>
#include <boxfeed/data/row_batch_builder.h>
#include <boxfeed/image/pixel_writer.h>

#include <vector>

namespace boxfeed {

/// Throws: `std::invalid_argument` with the value of the first option that is wrong.
void check_options(const DatasetOptions& options);

/// The data of a dataset with these options.
RowSpec image_spec(const DatasetOptions& options);

/// A mean or a deviation for each of three channels, out of none, one for all, or one for each.
ChannelValues for_each_channel(const std::vector<float>& values, float otherwise);

}  // namespace boxfeed
