#pragma once

#include <boxfeed/image/decode_options.h>

#include <cstddef>
#include <string>
#include <vector>

#include "model/saved_model.h"
#include "report/console.h"
#include "report/run_folder.h"
#include "training/device.h"

namespace localization {

/// Predicts the labels of every image of `paths` (files, and folders, `.tar` and `.zip` whose images are taken in the
/// order of their names), and writes predictions.csv, with the paths as they are given, in pixels of the photographs
/// and units of the numbers, and a picture with the labels for each into `folder`.
///
/// In a folder, what is no image is left out. Images that cannot be read are reported on standard error; their number
/// is returned. Throws: `boxfeed::Error` where a path is not there, no image is found, or a result cannot be written.
std::size_t predict(SavedModel model, const std::vector<std::string>& paths, const boxfeed::DecodeOptions& decode,
                    const Device& device, const RunFolder& folder, Console& console);

}  // namespace localization
