#include "report/picture.h"

#include <boxfeed/visual/draw_boxes.h>
#include <boxfeed/visual/make_grid.h>

#include <algorithm>
#include <cstdio>
#include <opencv2/imgproc.hpp>

namespace localization {
namespace {

constexpr std::uint64_t kMaxBytes = std::uint64_t{256} << 20;
constexpr boxfeed::Color kGreen{0, 220, 0}, kRed{230, 0, 0};

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

boxfeed::Box scaled(const boxfeed::Box& fractions, boxfeed::ImageSize size) {
  const auto width = static_cast<float>(size.width), height = static_cast<float>(size.height);
  return {fractions.xmin * width, fractions.ymin * height, fractions.xmax * width, fractions.ymax * height};
}

boxfeed::Box box_in_photograph(const boxfeed::transforms::Pipeline& preprocessing, boxfeed::ImageSize photograph,
                               const boxfeed::Box& fractions) {
  const auto plan = preprocessing.draw({photograph, {}, {}, 0}, boxfeed::Random(0, 0, 0));
  return plan.to_original({scaled(fractions, plan.size)}).front();
}

boxfeed::Box box_at(const torch::Tensor& boxes, std::size_t i) {
  const auto row = boxes[static_cast<std::int64_t>(i)].to(torch::kFloat).contiguous();
  const float* values = row.data_ptr<float>();
  return {values[0], values[1], values[2], values[3]};
}

cv::Mat prediction_sheet(const boxfeed::CsvDataset& dataset, const std::string& images, const Evaluation& evaluation,
                         std::size_t count) {
  constexpr int kSide = 260, kColumns = 6;
  const std::size_t size = dataset.table().size();
  count = std::min(count, size);
  PictureReader reader(images);
  std::vector<cv::Mat> pictures;
  for (std::size_t k = 0; k < count; ++k) {
    const std::size_t i = k * size / count;
    const Picture picture = reader.read(std::string(dataset.table().name(i)), kSide);
    const auto drawn = [&](const torch::Tensor& boxes) {
      return boxfeed::PlaneMap::scale(
                 static_cast<double>(picture.image.cols) / static_cast<double>(picture.original.width),
                 static_cast<double>(picture.image.rows) / static_cast<double>(picture.original.height))
          .apply(box_in_photograph(dataset.options().pipeline(), picture.original, box_at(boxes, i)));
    };
    char label[16];
    std::snprintf(label, sizeof label, "%.2f", evaluation.iou[static_cast<std::int64_t>(i)].item<double>());
    pictures.push_back(boxfeed::draw_bounding_boxes(
        picture.image, {{drawn(evaluation.target), kGreen}, {drawn(evaluation.boxes), kRed, label}}));
  }
  return boxfeed::make_grid(pictures, kColumns);
}

}  // namespace localization
