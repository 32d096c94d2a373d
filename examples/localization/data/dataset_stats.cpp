#include "data/dataset_stats.h"

#include <boxfeed/visual/draw_bars.h>
#include <boxfeed/visual/draw_heat_map.h>
#include <boxfeed/visual/make_grid.h>

#include <algorithm>
#include <utility>

namespace localization {

void DatasetStats::add(const boxfeed::AnnotationTable& table, std::size_t i, boxfeed::ImageSize size) {
  const auto classes = table.class_ids(i);
  const bool fractions = table.box_units() == boxfeed::BoxUnits::kFractions, known = size.height > 0;
  const auto width = static_cast<double>(size.width), height = static_cast<double>(size.height);
  for (std::size_t k = 0; k < table.boxes(i).size(); ++k) {
    const auto& box = table.boxes(i)[k];
    ++classes_[classes.empty() ? "box" : table.class_names()[static_cast<std::size_t>(classes[k])]];
    const double unit_x = fractions ? width : 1, unit_y = fractions ? height : 1;
    const double w = unit_x * static_cast<double>(box.width()), h = unit_y * static_cast<double>(box.height());
    if (!(w > 0 && h > 0)) continue;
    widths_.push_back(w);
    heights_.push_back(h);
    ratios_.push_back(w / h);
    if (!known) continue;
    shares_.push_back(100 * w * h / (width * height));
    centers_.push_back({(unit_x * static_cast<double>(box.xmin) + w / 2) / width,
                        (unit_y * static_cast<double>(box.ymin) + h / 2) / height});
  }
}

cv::Mat DatasetStats::picture() const {
  const auto histogram = [](const std::vector<double>& values, const char* title, const char* label, bool logarithmic) {
    return boxfeed::draw_histogram(values,
                                   boxfeed::HistogramOptions().title(title).x_label(label).logarithmic(logarithmic));
  };
  std::vector<std::pair<std::string, std::size_t>> classes(classes_.begin(), classes_.end());
  std::stable_sort(classes.begin(), classes.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  return boxfeed::make_grid(
      {histogram(widths_, "Boxes by their width", "pixels", false),
       histogram(heights_, "Boxes by their height", "pixels", false),
       histogram(shares_, "Boxes by their share of the image", "% of the image's area", false),
       histogram(ratios_, "Boxes by their aspect ratio", "width / height", true),
       boxfeed::draw_heat_map(
           centers_,
           boxfeed::HeatMapOptions().title("Centers of boxes").x_label("fractions of the image").cells({24, 24})),
       boxfeed::draw_bars(classes, boxfeed::BarOptions().title("Boxes by their class"))},
      3, 8, {255, 255, 255});
}

}  // namespace localization
