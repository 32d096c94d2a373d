#include <boxfeed/core/error.h>
#include <boxfeed/transforms/renderer.h>

#include <opencv2/core.hpp>
#include <optional>

#include "transforms/color_kernels.h"

namespace boxfeed::transforms {
namespace {

void call(const DrawnColor& color, cv::Mat& image) {
  const cv::Size size = image.size();
  const int channels = image.channels();
  color.function(image);
  if (image.size() != size || image.channels() != channels || (image.depth() != CV_8U && image.depth() != CV_32F)) {
    throw Error(Reason::kHook, "a color transform: expected " + std::to_string(size.height) + " × " +
                                   std::to_string(size.width) + " pixels of " + std::to_string(channels) +
                                   " channels of 8 bits or floats, got " + std::to_string(image.rows) + " × " +
                                   std::to_string(image.cols) + " of " + cv::typeToString(image.type()));
  }
}

}  // namespace

void apply_colors(const Plan& plan, cv::Mat& image) {
  std::optional<PixelTable> joined;
  const auto flush = [&] {
    if (!joined) return;
    check_pixels("a table", image);
    look_up(*joined, image);
    joined.reset();
  };
  for (const auto& color : plan.colors) {
    if (color.table) {
      if (!joined) {
        joined = color.table;
      } else {
        for (auto& value : *joined) value = (*color.table)[value];
      }
    }
    if (!color.function) continue;
    flush();
    call(color, image);
  }
  flush();
}

}  // namespace boxfeed::transforms
