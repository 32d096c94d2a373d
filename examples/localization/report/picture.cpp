#include "report/picture.h"

#include <boxfeed/core/plane_map.h>
#include <boxfeed/visual/draw_boxes.h>
#include <boxfeed/visual/draw_keypoints.h>

#include <algorithm>
#include <opencv2/imgproc.hpp>

namespace localization {
namespace {

constexpr std::uint64_t kMaxBytes = std::uint64_t{256} << 20;

}  // namespace

Picture PictureReader::read(const std::string& name, int max_side) {
  folder_.open(name).read_all(bytes_, kMaxBytes);
  const auto decoded = decoder_.decode(bytes_, {}, name);
  Picture picture{decoded.pixels, decoded.header.displayed()};
  const double scale = static_cast<double>(max_side) / std::max(picture.image.rows, picture.image.cols);
  if (max_side > 0 && scale < 1) {
    const cv::Size size(std::max(cvRound(scale * picture.image.cols), 1),
                        std::max(cvRound(scale * picture.image.rows), 1));
    cv::resize(cv::Mat(picture.image), picture.image, size, 0, 0, cv::INTER_AREA);
  }
  return picture;
}

cv::Mat drawn(const Picture& picture, const Labels& labels, boxfeed::Color color, const std::string& text) {
  const auto map =
      boxfeed::PlaneMap::scale(static_cast<double>(picture.image.cols) / static_cast<double>(picture.original.width),
                               static_cast<double>(picture.image.rows) / static_cast<double>(picture.original.height));
  cv::Mat image = picture.image;
  if (labels.box) image = boxfeed::draw_bounding_boxes(image, {{map.apply(*labels.box), color, text}});
  std::vector<boxfeed::Keypoint> points;
  for (const auto& point : labels.keypoints) points.push_back(map.apply(point));
  return boxfeed::draw_keypoints(image, points, color);
}

cv::Mat captioned(const cv::Mat& image, const std::string& text) {
  constexpr int kHeight = 18, kBaseline = 5;
  cv::Mat out;
  cv::copyMakeBorder(image, out, 0, kHeight, 0, 0, cv::BORDER_CONSTANT, cv::Scalar::all(255));
  cv::putText(out, text, {2, out.rows - kBaseline}, cv::FONT_HERSHEY_SIMPLEX, 0.4, cv::Scalar::all(0), 1, cv::LINE_AA);
  return out;
}

}  // namespace localization
