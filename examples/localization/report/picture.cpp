#include "report/picture.h"

#include <boxfeed/core/plane_map.h>
#include <boxfeed/visual/draw_boxes.h>
#include <boxfeed/visual/draw_keypoints.h>

#include <algorithm>
#include <opencv2/imgproc.hpp>

namespace localization {
namespace {

constexpr std::uint64_t kMaxBytes = std::uint64_t{256} << 20;
// Of captions.
constexpr int kFont = cv::FONT_HERSHEY_SIMPLEX, kLine = 18, kBaseline = 5;
constexpr double kScale = 0.4;
const std::string kBetween = "  ";

int width_of(const std::string& text) { return cv::getTextSize(text, kFont, kScale, 1, nullptr).width; }

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

cv::Mat captioned(const cv::Mat& image, const std::vector<std::string>& words) {
  constexpr int kMargin = 2;
  std::vector<std::string> lines;
  int width = image.cols;
  for (const auto& word : words) {
    const bool fits = !lines.empty() && width_of(lines.back() + kBetween + word) + 2 * kMargin <= width;
    if (fits) {
      lines.back() += kBetween + word;
    } else {
      lines.push_back(word);
    }
    width = std::max(width, width_of(lines.back()) + 2 * kMargin);
  }
  cv::Mat out;
  const auto count = static_cast<int>(lines.size());
  cv::copyMakeBorder(image, out, 0, kLine * count, 0, width - image.cols, cv::BORDER_CONSTANT, cv::Scalar::all(255));
  for (int i = 0; i < count; ++i) {
    const cv::Point at(kMargin, image.rows + kLine * (i + 1) - kBaseline);
    cv::putText(out, lines[static_cast<std::size_t>(i)], at, kFont, kScale, cv::Scalar::all(0), 1, cv::LINE_AA);
  }
  return out;
}

}  // namespace localization
