#pragma once

#include <boxfeed/core/file.h>

#include <algorithm>
#include <string_view>

#include "core/text.h"

namespace boxfeed {

/// Whether the name ends as image files do.
inline bool is_image_name(std::string_view name) {
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos) return false;
  const auto& all = image_extensions();
  return std::find(all.begin(), all.end(), to_lower(name.substr(dot))) != all.end();
}

}  // namespace boxfeed
