#include <boxfeed/core/error.h>
#include <boxfeed/transforms/renderer.h>

#include <opencv2/core.hpp>
#include <optional>

#include "transforms/color_kernels.h"

namespace boxfeed::transforms {
namespace {

void check_bytes(const std::string& name, const cv::Mat& image) {
  if (image.type() == CV_8UC3 || image.type() == CV_8UC1) return;
  throw Error(Reason::kHook, name + ": expected 8-bit pixels with 1 or 3 channels, got " +
                                 cv::typeToString(image.type()) +
                                 " (it goes before Normalize, on images decoded to 8 bits)");
}

void call(const DrawnColor& color, cv::Mat& image) {
  const cv::Size size = image.size();
  const int channels = image.channels();
  color.function(image);
  if (image.size() != size || image.channels() != channels || (image.depth() != CV_8U && image.depth() != CV_32F)) {
    throw Error(Reason::kHook, color.name + ": expected " + std::to_string(size.height) + " × " +
                                   std::to_string(size.width) + " pixels of " + std::to_string(channels) +
                                   " channels of 8 bits or floats, got " + std::to_string(image.rows) + " × " +
                                   std::to_string(image.cols) + " of " + cv::typeToString(image.type()));
  }
}

}  // namespace

void apply_colors(const Plan& plan, cv::Mat& image) {
  std::optional<PixelTable> joined;
  const auto flush = [&] {
    if (joined) look_up(*joined, image);
    joined.reset();
  };
  for (const auto& color : plan.colors) {
    if (!color.takes_floats) check_bytes(color.name, image);
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
