#pragma once

#include <boxfeed/transforms/pipeline.h>

#include <string>

namespace localization {

/// What `--augment` names: a preset ("none", "light", "strong"), or a file with a pipeline as JSON, ending in .json.
/// Throws: `std::invalid_argument` for another name; `boxfeed::Error` for a file that cannot be read or understood.
boxfeed::transforms::Pipeline load_augmentation(const std::string& name_or_file);

}  // namespace localization
