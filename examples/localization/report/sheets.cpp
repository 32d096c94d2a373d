#include "report/sheets.h"

#include <boxfeed/data/samplers.h>
#include <boxfeed/visual/draw_boxes.h>
#include <boxfeed/visual/draw_keypoints.h>
#include <boxfeed/visual/make_grid.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <opencv2/core.hpp>

#include "data/formatted.h"
#include "report/picture.h"

namespace localization {
namespace {

/// Floats, which a pipeline that normalizes leaves, stretched to what can be seen.
cv::Mat visible(const cv::Mat& image) {
  if (image.depth() == CV_8U) return image;
  cv::Mat out;
  cv::normalize(image.reshape(1), out, 0, 255, cv::NORM_MINMAX, CV_8U);
  return out.reshape(image.channels());
}

/// How good it is; "dog (cat)", "age 3.1 (2.9)": what was predicted, and in brackets what is true.
std::vector<std::string> comparison(const Metric& score, const Labels& predicted, const Labels& truth,
                                    const Target& target) {
  std::vector<std::string> words{score.text()};
  const auto name = [&](const Labels& labels) { return target.classes.at(static_cast<std::size_t>(*labels.class_id)); };
  if (truth.class_id) words.push_back(name(predicted) + " (" + name(truth) + ")");
  for (std::size_t n = 0; n < truth.numbers.size(); ++n) {
    words.push_back(target.numbers[n].name + formatted(" %.4g (%.4g)", predicted.numbers[n], truth.numbers[n]));
  }
  return words;
}

}  // namespace

std::vector<std::size_t> spread_over(std::size_t size, std::size_t count) {
  std::vector<std::size_t> positions;
  count = std::min(count, size);
  for (std::size_t k = 0; k < count; ++k) positions.push_back(k * size / count);
  return positions;
}

cv::Mat example_sheet(const std::vector<boxfeed::ExplainedExample>& examples,
                      const std::vector<std::string>& class_names, int columns) {
  constexpr boxfeed::Color kGreen{0, 220, 0}, kRed{230, 0, 0};
  std::vector<cv::Mat> pictures;
  for (const auto& example : examples) {
    std::vector<boxfeed::DrawnBox> boxes;
    for (std::size_t i = 0; i < example.plan.boxes.size(); ++i) {
      const auto label = static_cast<std::size_t>(example.labels[i]);
      boxes.push_back({example.plan.boxes[i], kGreen, label < class_names.size() ? class_names[label] : std::string()});
    }
    pictures.push_back(boxfeed::draw_keypoints(boxfeed::draw_bounding_boxes(visible(example.image), boxes),
                                               example.plan.keypoints, kRed));
  }
  return boxfeed::make_grid(pictures, columns);
}

cv::Mat first_batches_sheet(const boxfeed::CsvDataset& dataset, std::uint64_t seed, std::size_t count) {
  boxfeed::samplers::RandomSampler sampler(dataset.table().size());
  sampler.set_seed(seed);
  auto order = sampler.order(0);
  order.resize(std::min(order.size(), count));
  std::vector<boxfeed::ExplainedExample> examples;
  examples.reserve(order.size());
  for (const auto index : order) examples.push_back(dataset.explain({seed, 0, index}));
  return example_sheet(examples, dataset.table().class_names());
}

cv::Mat prediction_sheet(const DataSet& data, const Target& target, const Evaluation& evaluation,
                         const std::vector<std::size_t>& which) {
  constexpr int kSide = 260, kColumns = 6;
  const auto& options = data.dataset.options();
  PictureReader reader(data.images, options.allow_outside_root(), options.decode());
  std::vector<cv::Mat> pictures;
  for (const auto i : which) {
    Picture picture = reader.read(std::string(data.dataset.table().name(i)), kSide);
    const auto& truth = evaluation.truth[i];
    const auto& predicted = evaluation.predicted[i];
    picture.image = drawn(picture, truth, kTruthColor);
    picture.image = drawn(picture, predicted, kPredictionColor);
    pictures.push_back(captioned(picture.image, comparison(evaluation.scores[i], predicted, truth, target)));
  }
  return boxfeed::make_grid(pictures, kColumns);
}

std::vector<std::size_t> worst_of(const Evaluation& evaluation, std::size_t count) {
  std::vector<std::size_t> order(evaluation.scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  // What has no score comes last.
  const auto is_known = [&](std::size_t i) { return !std::isnan(evaluation.scores[i].value); };
  const auto known = std::stable_partition(order.begin(), order.end(), is_known);
  std::stable_sort(order.begin(), known, [&](std::size_t a, std::size_t b) {
    return evaluation.scores[b].is_better_than(evaluation.scores[a].value);
  });
  order.resize(std::min(order.size(), count));
  return order;
}

}  // namespace localization
