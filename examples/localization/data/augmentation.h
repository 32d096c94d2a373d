#pragma once

#include <boxfeed/transforms/pipeline.h>

#include <string>

#include "data/target.h"

namespace localization {

/// What `--augment` names: a preset ("none", "light", "strong"), or a file with a pipeline as JSON, ending in .json.
/// Throws: `std::invalid_argument` for another name; `boxfeed::Error` for a file that cannot be read or understood.
boxfeed::transforms::Pipeline load_augmentation(const std::string& name_or_file);

/// As much of "light" as the labels survive: all of it for boxes, and for keypoints of which the names say which are
/// left and right; else no mirrored images; for plain numbers nothing. What was chosen is put into `remark`.
boxfeed::transforms::Pipeline augmentation_for(const Target& target, std::string& remark);

}  // namespace localization
