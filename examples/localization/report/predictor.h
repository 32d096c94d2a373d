#pragma once

#include <torch/torch.h>

#include <cstddef>
#include <string>
#include <vector>

#include "model/checkpoint.h"
#include "report/console.h"
#include "report/run_folder.h"

namespace localization {

/// A cell of a CSV: quoted where it holds a comma, a quote, a line's end or outer blanks, or could be taken for a
/// formula.
std::string csv_cell(const std::string& text);

/// Puts a box on every image of `paths` (files, and folders whose images are taken in the order of their names), and
/// writes boxes.csv (image,x,y,h,w in pixels of the original image) and a picture with the box for each into `folder`.
///
/// In a folder, what is no image is left out. Images that cannot be read are reported on standard error; their number
/// is returned. Throws: `boxfeed::Error` where a path is not there or a result cannot be written.
std::size_t predict(TrainedModel model, const std::vector<std::string>& paths, torch::Device device,
                    const RunFolder& folder, Console& console);

}  // namespace localization
