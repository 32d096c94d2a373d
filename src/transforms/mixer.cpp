#include <boxfeed/transforms/mixer.h>
#include <boxfeed/transforms/own_transform.h>
#include <boxfeed/transforms/resizing.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/core.hpp>
#include <stdexcept>
#include <string>
#include <utility>

#include "transforms/checks.h"

namespace boxfeed::transforms {
namespace {

/// A rectangle of whole pixels.
struct Part {
  std::int64_t top, left, bottom, right;
  ImageSize size() const { return {bottom - top, right - left}; }
};

/// Gamma(shape, 1), shape ≥ 1. Source: Marsaglia and Tsang 2000.
double gamma_at_least_one(double shape, Random& random) {
  const double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  for (;;) {
    const double x = random.normal(), v = std::pow(1 + c * x, 3);
    if (v <= 0) continue;
    const double u = 1 - random.uniform(0, 1);
    if (std::log(u) < x * x / 2 + d - d * v + d * std::log(v)) return d * v;
  }
}

/// The logarithm of a Gamma(shape, 1): small shapes give numbers too small for a double.
double log_gamma_variate(double shape, Random& random) {
  if (shape >= 1) return std::log(gamma_at_least_one(shape, random));
  const double u = 1 - random.uniform(0, 1);
  return std::log(gamma_at_least_one(shape + 1, random)) + std::log(u) / shape;
}

double beta(double alpha, Random& random) {
  const double a = log_gamma_variate(alpha, random), b = log_gamma_variate(alpha, random);
  return 1 / (1 + std::exp(b - a));
}

/// The image covers the part in its shape, its corner (0 or 1 of each side) at the part's.
Transform covering(ImageSize part, int corner_x, int corner_y) {
  return OwnGeometry("Cover", [=](const SampleGeometry& sample, Random&) {
    const auto w = static_cast<double>(sample.size.width), h = static_cast<double>(sample.size.height);
    const auto pw = static_cast<double>(part.width), ph = static_cast<double>(part.height);
    const double scale = std::max(pw / w, ph / h);
    return DrawnMap{
        PlaneMap::translation(corner_x * (pw - scale * w), corner_y * (ph - scale * h)) * PlaneMap::scale(scale, scale),
        part,
        {{"scale", {scale}}}};
  });
}

Transform cut_out(const Part& part) {
  return OwnGeometry("Cut", [=](const SampleGeometry&, Random&) {
    return DrawnMap{
        PlaneMap::translation(static_cast<double>(-part.left), static_cast<double>(-part.top)), part.size(), {}};
  });
}

/// What is left of `box` beside `cover`: the box around it, and its share of the area.
std::pair<Box, double> beside(const Box& box, const Part& cover) {
  const Box c{std::max(box.xmin, static_cast<float>(cover.left)), std::max(box.ymin, static_cast<float>(cover.top)),
              std::min(box.xmax, static_cast<float>(cover.right)),
              std::min(box.ymax, static_cast<float>(cover.bottom))};
  if (c.xmin >= c.xmax || c.ymin >= c.ymax) return {box, 1};
  const double whole = double{box.width()} * double{box.height()};
  const double share = 1 - double{c.width()} * double{c.height()} / whole;
  Box left = box;
  // Only a cover from side to side takes anything off.
  if (c.ymin == box.ymin && c.ymax == box.ymax) {
    if (c.xmin == box.xmin) left.xmin = c.xmax;
    if (c.xmax == box.xmax) left.xmax = c.xmin;
  }
  if (c.xmin == box.xmin && c.xmax == box.xmax) {
    if (c.ymin == box.ymin) left.ymin = c.ymax;
    if (c.ymax == box.ymax) left.ymax = c.ymin;
  }
  return {left, share};
}

double probability(const Mix& mix) {
  return std::visit([](const auto& kind) { return kind.p(); }, mix);
}

}  // namespace

struct Mixer::State {
  Mix kind;
  Pipeline each;
  ImageSize size;
  /// Brings an image to the whole output.
  Transform fit;

  /// The plan of one source, with `last` after its own transforms.
  MixLayer layer(std::size_t source, const SampleGeometry& sample, Random& random, std::vector<Transform> last,
                 std::int64_t top, std::int64_t left) const {
    Pipeline pipeline = each;
    for (auto& transform : last) pipeline = pipeline.then(std::move(transform));
    const std::uint64_t high = random.bits(), seed = high << 32 | random.bits();
    return {source, pipeline.draw(sample, Random(seed, 0, source)), top, left, 1};
  }

  void add(MixPlan& plan, MixLayer layer, double box_weight, std::size_t keypoints_per_box) const;
  void mosaic(MixPlan& plan, const Mosaic& mix, const std::vector<SampleGeometry>& sources, Random& random) const;
  void mix_up(MixPlan& plan, const MixUp& mix, const std::vector<SampleGeometry>& sources, Random& random) const;
  void cut_mix(MixPlan& plan, const CutMix& mix, const std::vector<SampleGeometry>& sources, Random& random) const;
};

Mixer::Mixer(const Mix& mix, Pipeline each, ImageSize size, ResizeMode mode) {
  check_size("Mixer: size", size);
  std::visit([](const auto& kind) { kind.check(); }, mix);
  if (std::holds_alternative<Mosaic>(mix) && (size.height < 2 || size.width < 2)) {
    throw std::invalid_argument("Mosaic: expected sides of at least 2 pixels");
  }
  state_ = std::make_shared<const State>(State{mix, std::move(each), size, fit(size, mode)});
}

std::size_t Mixer::most_sources() const { return std::holds_alternative<Mosaic>(state_->kind) ? 4 : 2; }

MixDraft Mixer::begin(std::size_t count, std::size_t index, Random random) const {
  if (index >= count) {
    throw std::invalid_argument("Mixer::begin: expected an index below " + std::to_string(count) + ", got " +
                                std::to_string(index));
  }
  MixDraft draft{{index}, random};
  if (!(double{draft.random.uniform()} < probability(state_->kind))) return draft;
  for (std::size_t k = 1; k < most_sources(); ++k) draft.sources.push_back(draft.random.below(count));
  return draft;
}

void Mixer::State::add(MixPlan& plan, MixLayer layer, double box_weight, std::size_t keypoints_per_box) const {
  const auto dx = static_cast<float>(layer.left), dy = static_cast<float>(layer.top);
  for (std::size_t i = 0; i < layer.plan.boxes.size(); ++i) {
    const Box& box = layer.plan.boxes[i];
    plan.boxes.push_back({box.xmin + dx, box.ymin + dy, box.xmax + dx, box.ymax + dy});
    plan.kept.push_back({layer.source, layer.plan.kept[i], box_weight});
  }
  if (keypoints_per_box > 0 || layer.plan.boxes.empty()) {
    for (const auto& point : layer.plan.keypoints)
      plan.keypoints.push_back({point.x + dx, point.y + dy, point.visibility});
  }
  plan.dropped += layer.plan.dropped;
  plan.layers.push_back(std::move(layer));
}

void Mixer::State::mosaic(MixPlan& plan, const Mosaic& mix, const std::vector<SampleGeometry>& sources,
                          Random& random) const {
  const auto center = [&](std::int64_t side) {
    const double at = static_cast<double>(side) * random.uniform(mix.center().low, mix.center().high);
    return std::clamp<std::int64_t>(std::llround(at), 1, side - 1);
  };
  const std::int64_t y = center(size.height), x = center(size.width);
  for (std::size_t k = 0; k < 4; ++k) {
    const bool right = k % 2 == 1, below = k >= 2;
    const Part part{below ? y : 0, right ? x : 0, below ? size.height : y, right ? size.width : x};
    // Of an image on the left its right edge lies at the center.
    add(plan, layer(k, sources[k], random, {covering(part.size(), right ? 0 : 1, below ? 0 : 1)}, part.top, part.left),
        1, sources[k].keypoints_per_box);
  }
}

void Mixer::State::mix_up(MixPlan& plan, const MixUp& mix, const std::vector<SampleGeometry>& sources,
                          Random& random) const {
  const double first = beta(mix.alpha(), random);
  add(plan, layer(0, sources[0], random, {fit}, 0, 0), first, sources[0].keypoints_per_box);
  MixLayer second = layer(1, sources[1], random, {fit}, 0, 0);
  second.weight = 1 - first;
  add(plan, std::move(second), 1 - first, sources[1].keypoints_per_box);
}

void Mixer::State::cut_mix(MixPlan& plan, const CutMix& mix, const std::vector<SampleGeometry>& sources,
                           Random& random) const {
  const double side = std::sqrt(1 - beta(mix.alpha(), random));
  const auto extent = [&](std::int64_t whole) {
    const double middle = random.uniform(0, static_cast<double>(whole)), half = side * static_cast<double>(whole) / 2;
    const auto edge = [whole](double at) { return std::clamp<std::int64_t>(std::llround(at), 0, whole); };
    return std::array<std::int64_t, 2>{edge(middle - half), edge(middle + half)};
  };
  const auto [top, bottom] = extent(size.height);
  const auto [left, right] = extent(size.width);
  const Part patch{top, left, bottom, right};
  const std::size_t each_box = sources[0].keypoints_per_box;
  add(plan, layer(0, sources[0], random, {fit}, 0, 0), 1, each_box);
  if (patch.size().height < 1 || patch.size().width < 1) return;

  std::size_t out = 0;
  for (std::size_t i = 0; i < plan.boxes.size(); ++i) {
    const auto [box, share] = beside(plan.boxes[i], patch);
    if (share < mix.min_visibility() || share <= 0) continue;
    plan.boxes[out] = box;
    plan.kept[out] = plan.kept[i];
    for (std::size_t k = 0; k < each_box; ++k) plan.keypoints[out * each_box + k] = plan.keypoints[i * each_box + k];
    ++out;
  }
  plan.dropped += plan.boxes.size() - out;
  plan.boxes.resize(out);
  plan.kept.resize(out);
  if (each_box > 0) plan.keypoints.resize(out * each_box);
  for (auto& point : plan.keypoints) {
    const bool covered = point.x >= static_cast<float>(left) && point.x < static_cast<float>(right) &&
                         point.y >= static_cast<float>(top) && point.y < static_cast<float>(bottom);
    if (covered) point.visibility = 0;
  }
  add(plan, layer(1, sources[1], random, {fit, cut_out(patch)}, top, left), 1, sources[1].keypoints_per_box);
}

MixPlan Mixer::draw(const MixDraft& draft, const std::vector<SampleGeometry>& sources) const {
  if (sources.size() != draft.sources.size()) {
    throw std::invalid_argument("Mixer::draw: expected " + std::to_string(draft.sources.size()) + " sources, got " +
                                std::to_string(sources.size()));
  }
  MixPlan plan;
  plan.size = state_->size;
  Random random = draft.random;
  if (sources.size() == 1) {
    state_->add(plan, state_->layer(0, sources[0], random, {state_->fit}, 0, 0), 1, sources[0].keypoints_per_box);
  } else if (const auto* mosaic = std::get_if<Mosaic>(&state_->kind)) {
    state_->mosaic(plan, *mosaic, sources, random);
  } else if (const auto* mix_up = std::get_if<MixUp>(&state_->kind)) {
    state_->mix_up(plan, *mix_up, sources, random);
  } else if (const auto* cut_mix = std::get_if<CutMix>(&state_->kind)) {
    state_->cut_mix(plan, *cut_mix, sources, random);
  }
  return plan;
}

void paste(const MixPlan& plan, std::size_t layer, const cv::Mat& rendered, cv::Mat& output) {
  const MixLayer& part = plan.layers.at(layer);
  const auto height = static_cast<int>(part.plan.size.height), width = static_cast<int>(part.plan.size.width);
  if (layer == 0) output.create(static_cast<int>(plan.size.height), static_cast<int>(plan.size.width), rendered.type());
  if (rendered.rows != height || rendered.cols != width || rendered.type() != output.type()) {
    throw std::invalid_argument("paste: expected " + std::to_string(height) + " × " + std::to_string(width) +
                                " pixels of the output's type, got " + std::to_string(rendered.rows) + " × " +
                                std::to_string(rendered.cols));
  }
  cv::Mat place = output(cv::Rect(static_cast<int>(part.left), static_cast<int>(part.top), width, height));
  if (part.weight == 1) {
    rendered.copyTo(place);
  } else {
    cv::addWeighted(place, 1 - part.weight, rendered, part.weight, 0, place);
  }
}

}  // namespace boxfeed::transforms
