#include <boxfeed/annotations/layout_check.h>
#include <boxfeed/core/box.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <stdexcept>

namespace boxfeed {
namespace {

/// A way to understand the four numbers of a box.
struct Reading {
  const char* name;
  std::optional<BoxFormat> format;  ///< none: xmin, xmax, ymin, ymax
};

constexpr std::array<Reading, 5> kReadings{{
    {"corners xmin, ymin, xmax, ymax", BoxFormat::kXYXY},
    {"x, y, width, height", BoxFormat::kXYWH},
    {"x, y, height, width", BoxFormat::kXYHW},
    {"center x, center y, width, height", BoxFormat::kCXCYWH},
    {"xmin, xmax, ymin, ymax", std::nullopt},
}};

Box read(const Reading& reading, const std::array<float, 4>& v) {
  return reading.format ? box_from(*reading.format, v) : Box{v[0], v[2], v[1], v[3]};
}

/// The share of boxes that must not fit before the order of the columns is doubted.
constexpr double kManyMisfits = 0.05;
/// How many times fewer must not fit in another order.
constexpr double kClearlyBetter = 4;
constexpr float kMargin = 1.5F;  // pixels: rounding and boxes that count from 1

std::optional<ImageSize> size_of(const AnnotationTable& table, const std::vector<ImageSize>& sizes, std::size_t i) {
  if (!sizes.empty()) return sizes[i].height > 0 ? std::optional<ImageSize>(sizes[i]) : std::nullopt;
  return table.image_size(i);
}

bool fits(const Box& box, float width, float height, float margin_x, float margin_y) {
  return box.xmax > box.xmin && box.ymax > box.ymin && box.xmin >= -margin_x && box.ymin >= -margin_y &&
         box.xmax <= width + margin_x && box.ymax <= height + margin_y;
}

/// How the boxes with a known size fit into their images, in each reading.
struct Fit {
  std::size_t boxes = 0;
  std::array<std::size_t, kReadings.size()> misfits{};
  std::size_t first_line = 0;  ///< of the first box that does not fit as it was read
};

Fit fit_of(const AnnotationTable& table, const std::vector<ImageSize>& sizes, std::size_t current) {
  const auto format = table.label_layout().box_format;
  Fit fit;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const auto size = size_of(table, sizes, i);
    if (!size) continue;
    const bool fractions = table.box_units() == BoxUnits::kFractions;
    const auto width = static_cast<float>(size->width), height = static_cast<float>(size->height);
    for (std::size_t k = 0; k < table.boxes(i).size(); ++k) {
      const auto numbers = box_values(format, table.boxes(i)[k]);
      ++fit.boxes;
      for (std::size_t r = 0; r < kReadings.size(); ++r) {
        const Box box = read(kReadings[r], numbers);
        const bool good =
            fractions ? fits(box, 1, 1, kMargin / width, kMargin / height) : fits(box, width, height, kMargin, kMargin);
        if (good) continue;
        if (r == current && fit.misfits[r] == 0) fit.first_line = table.box_line(i, k);
        ++fit.misfits[r];
      }
    }
  }
  return fit;
}

void check_order(const AnnotationTable& table, const std::vector<ImageSize>& sizes,
                 std::vector<AnnotationProblem>& doubts) {
  std::size_t current = 0;
  while (kReadings[current].format != table.label_layout().box_format) ++current;
  const Fit fit = fit_of(table, sizes, current);
  const std::size_t wrong = fit.misfits[current];
  if (static_cast<double>(wrong) <= kManyMisfits * static_cast<double>(fit.boxes)) return;
  const auto best =
      static_cast<std::size_t>(std::min_element(fit.misfits.begin(), fit.misfits.end()) - fit.misfits.begin());
  if (kClearlyBetter * static_cast<double>(fit.misfits[best]) > static_cast<double>(wrong)) return;
  doubts.push_back({Reason::kAmbiguous,
                    table.path(),
                    fit.first_line,
                    {},
                    std::to_string(wrong) + " of " + std::to_string(fit.boxes) +
                        " boxes do not fit into their images when their numbers are read as " +
                        kReadings[current].name + ", but " + std::to_string(fit.misfits[best]) + " when read as " +
                        kReadings[best].name});
}

void check_fractions(const AnnotationTable& table, const std::vector<ImageSize>& sizes,
                     std::vector<AnnotationProblem>& doubts) {
  if (table.box_units() != BoxUnits::kPixels) return;
  std::size_t boxes = 0, small = 0, line = 0;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const auto size = size_of(table, sizes, i);
    if (!size || size->width < 4 || size->height < 4) continue;
    for (std::size_t k = 0; k < table.boxes(i).size(); ++k) {
      const Box& box = table.boxes(i)[k];
      ++boxes;
      if (std::max({box.xmin, box.ymin, box.xmax, box.ymax}) > 1) continue;
      if (small++ == 0) line = table.box_line(i, k);
    }
  }
  if (small == 0 || 2 * small < boxes) return;
  doubts.push_back({Reason::kUnits,
                    table.path(),
                    line,
                    {},
                    std::to_string(small) + " of " + std::to_string(boxes) +
                        " boxes lie within the first pixel of their images: these are fractions"});
}

void check_sizes(const AnnotationTable& table, const std::vector<ImageSize>& sizes,
                 std::vector<AnnotationProblem>& doubts) {
  if (sizes.empty()) return;
  std::size_t known = 0, wrong = 0, swapped = 0, line = 0;
  std::string example;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const auto said = table.image_size(i);
    if (!said || sizes[i].height == 0) continue;
    ++known;
    if (*said == sizes[i]) continue;
    if (said->height == sizes[i].width && said->width == sizes[i].height) ++swapped;
    if (wrong++ > 0) continue;
    line = table.line(i);
    example = to_string(*said) + " for " + quoted(std::string(table.name(i))) + ", which is " + to_string(sizes[i]);
  }
  if (wrong == 0) return;
  const bool all_swapped = swapped == wrong;
  doubts.push_back({Reason::kSizeMismatch,
                    table.path(),
                    line,
                    {},
                    std::to_string(wrong) + " of " + std::to_string(known) + " sizes of images are wrong" +
                        (all_swapped ? " with width and height swapped" : "") + ", the first " + example});
}

}  // namespace

std::vector<AnnotationProblem> check_layout(const AnnotationTable& table, const std::vector<ImageSize>& sizes) {
  if (!sizes.empty() && sizes.size() != table.size()) {
    throw std::invalid_argument("check_layout: expected no sizes or one for each of " + std::to_string(table.size()) +
                                " records, got " + std::to_string(sizes.size()));
  }
  std::vector<AnnotationProblem> doubts;
  check_fractions(table, sizes, doubts);
  if (doubts.empty()) check_order(table, sizes, doubts);
  check_sizes(table, sizes, doubts);
  return doubts;
}

}  // namespace boxfeed
