#include <boxfeed/core/error.h>
#include <boxfeed/core/file.h>
#include <boxfeed/visual/write_png.h>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string_view>
#include <vector>

#include "visual/canvas.h"

namespace boxfeed {

void write_png(const std::string& path, const cv::Mat& image) {
  cv::Mat bgr = rgb_copy(image);
  cv::cvtColor(bgr, bgr, cv::COLOR_RGB2BGR);
  std::vector<unsigned char> bytes;
  if (!cv::imencode(".png", bgr, bytes)) {
    throw Error(Reason::kIoWrite, "cannot encode the picture for " + quoted(path), path);
  }
  write_file(path, std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

}  // namespace boxfeed
