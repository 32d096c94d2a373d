#include <boxfeed/core/error.h>
#include <boxfeed/transforms/renderer.h>

#include <opencv2/core.hpp>
#include <optional>

namespace boxfeed {
namespace {

void look_up(const PixelTable& table, cv::Mat& image) {
  if (image.depth() != CV_8U)
    throw Error(Reason::kHook, "a table needs 8-bit pixels, got " + cv::typeToString(image.type()));
  for (int y = 0; y < image.rows; ++y) {
    auto* value = image.ptr<std::uint8_t>(y);
    for (int i = 0; i < image.cols * image.channels(); ++i) value[i] = table[value[i]];
  }
}

void call(const DrawnColour& colour, cv::Mat& image) {
  const cv::Size size = image.size();
  const int channels = image.channels();
  colour.function(image);
  if (image.size() != size || image.channels() != channels || (image.depth() != CV_8U && image.depth() != CV_32F)) {
    throw Error(Reason::kHook, "a colour transform: expected " + std::to_string(size.height) + " × " +
                                   std::to_string(size.width) + " pixels of " + std::to_string(channels) +
                                   " channels of 8 bits or floats, got " + std::to_string(image.rows) + " × " +
                                   std::to_string(image.cols) + " of " + cv::typeToString(image.type()));
  }
}

}  // namespace

void apply_colours(const Plan& plan, cv::Mat& image) {
  std::optional<PixelTable> joined;
  for (const auto& colour : plan.colours) {
    if (colour.table) {
      if (!joined) {
        joined = colour.table;
      } else {
        for (auto& value : *joined) value = (*colour.table)[value];
      }
    }
    if (!colour.function) continue;
    if (joined) look_up(*joined, image);
    joined.reset();
    call(colour, image);
  }
  if (joined) look_up(*joined, image);
}

}  // namespace boxfeed
