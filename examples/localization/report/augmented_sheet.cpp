#include "report/augmented_sheet.h"

#include <boxfeed/visual/draw_boxes.h>
#include <boxfeed/visual/draw_keypoints.h>
#include <boxfeed/visual/make_grid.h>

#include <algorithm>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

namespace localization {
namespace {

constexpr boxfeed::Color kGreen{0, 220, 0}, kRed{230, 0, 0};

/// Floats, which a pipeline that normalizes leaves, stretched to what can be seen.
cv::Mat visible(const cv::Mat& image) {
  if (image.depth() == CV_8U) return image;
  cv::Mat out;
  cv::normalize(image.reshape(1), out, 0, 255, cv::NORM_MINMAX, CV_8U);
  return out.reshape(image.channels());
}

}  // namespace

cv::Mat augmented_sheet(const boxfeed::DetectionDataset& dataset, const SheetOptions& options) {
  const std::size_t size = dataset.table().size(), count = std::min(options.count, size);
  const auto& classes = dataset.table().class_names();
  std::vector<cv::Mat> pictures;
  for (std::size_t k = 0; k < count; ++k) {
    const auto example = dataset.explain({options.seed, options.epoch, k * size / count});
    std::vector<boxfeed::DrawnBox> boxes;
    for (std::size_t i = 0; i < example.plan.boxes.size(); ++i) {
      const auto label = static_cast<std::size_t>(example.labels[i]);
      boxes.push_back({example.plan.boxes[i], kGreen, label < classes.size() ? classes[label] : std::string()});
    }
    pictures.push_back(boxfeed::draw_keypoints(boxfeed::draw_bounding_boxes(visible(example.image), boxes),
                                               example.plan.keypoints, kRed));
  }
  return boxfeed::make_grid(pictures, options.columns);
}

}  // namespace localization
