#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "data/target.h"
#include "report/console.h"

namespace localization {

/// What a rendered data set consists of.
struct MadeData {
  std::size_t count = 1200;
  std::uint64_t seed = 1;
  TargetKind target = TargetKind::kBox;  ///< what its labels are: a box, keypoints or numbers
};

/// True where `folder` holds a whole data set.
bool has_data(const std::string& folder);

/// Renders `count` scenes into `folder`/images as JPEGs, and then `folder`/data.csv (image and the labels): a folder
/// without data.csv is not whole, and is made anew.
/// Throws: `boxfeed::Error` with `kIoWrite` where data.csv is there already, or something cannot be written.
void make_data(const std::string& folder, const MadeData& what, Console& console);

}  // namespace localization
