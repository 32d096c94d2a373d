#include <boxfeed/transforms/geometry.h>
#include <boxfeed/transforms/mixer.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/core.hpp>
#include <stdexcept>
#include <string>
#include <utility>

#include "core/keep_marked.h"
#include "transforms/checks.h"
#include "transforms/polygon.h"

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
  return LambdaGeometry("Cover", [=](const SampleGeometry& sample, Random&) {
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
  return LambdaGeometry("Cut", [=](const SampleGeometry&, Random&) {
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

void Mosaic::fields(FieldVisitor& visitor) {
  visitor.field("p", p_, {0, 1});
  visitor.field("center", center_, {0, 1});
}

void MixUp::fields(FieldVisitor& visitor) {
  visitor.field("p", p_, {0, 1});
  visitor.field("alpha", alpha_, {1e-3});
}

void CutMix::fields(FieldVisitor& visitor) {
  visitor.field("p", p_, {0, 1});
  visitor.field("alpha", alpha_, {1e-3});
  sanitize_.fields(visitor);
}

std::string mix_name(const Mix& mix) {
  return std::visit([](const auto& kind) -> std::string { return kind.kName; }, mix);
}

/// A mix that is being drawn.
class Mixer::Drawing {
 public:
  Drawing(const Mixer& mixer, const MixDraft& draft, const std::vector<SampleGeometry>& sources)
      : mixer_(mixer), sources_(sources), random_(draft.random) {
    first_box_.push_back(0);
    for (const auto& source : sources) first_box_.push_back(first_box_.back() + source.boxes.size());
  }

  void make(const Mosaic& mix) {
    const auto center = [&](std::int64_t side) {
      const double at = static_cast<double>(side) * mix.center().draw(random_);
      return std::clamp<std::int64_t>(std::llround(at), 1, side - 1);
    };
    const std::int64_t y = center(mixer_.size_.height), x = center(mixer_.size_.width);
    for (std::size_t k = 0; k < 4; ++k) {
      const bool right = k % 2 == 1, below = k >= 2;
      const Part part{below ? y : 0, right ? x : 0, below ? mixer_.size_.height : y, right ? mixer_.size_.width : x};
      // Of an image on the left its right edge lies at the center.
      add(k, mixer_.pipeline_.then(covering(part.size(), right ? 0 : 1, below ? 0 : 1)), part);
    }
  }

  void make(const MixUp& mix) {
    const double first = beta(mix.alpha(), random_);
    add(0, mixer_.whole_, whole());
    add(1, mixer_.whole_, whole(), 1 - first);
    const std::size_t own =
        static_cast<std::size_t>(std::count(mix_.box_sources.begin(), mix_.box_sources.end(), std::size_t{0}));
    std::fill_n(mix_.plan.weights.begin(), own, static_cast<float>(first));
  }

  void make(const CutMix& mix) {
    const double side = std::sqrt(1 - beta(mix.alpha(), random_));
    const auto extent = [&](std::int64_t all) {
      const double middle = random_.uniform(0, static_cast<double>(all)), half = side * static_cast<double>(all) / 2;
      const auto edge = [all](double at) { return std::clamp<std::int64_t>(std::llround(at), 0, all); };
      return std::array<std::int64_t, 2>{edge(middle - half), edge(middle + half)};
    };
    const auto [top, bottom] = extent(mixer_.size_.height);
    const auto [left, right] = extent(mixer_.size_.width);
    const Part patch{top, left, bottom, right};
    add(0, mixer_.whole_, whole());
    if (patch.size().height < 1 || patch.size().width < 1) return;
    cover(patch, mix.sanitize());
    add(1, mixer_.whole_.then(cut_out(patch)), patch);
  }

  /// The finished plan. What was drawn for each layer stands behind a line on its place.
  MixPlan finish(const MixDraft& draft) && {
    const auto own = std::find_if(mix_.layers.begin(), mix_.layers.end(), [](const auto& l) { return l.source == 0; });
    const PlaneMap place = PlaneMap::translation(static_cast<double>(own->left), static_cast<double>(own->top));
    Plan& plan = mix_.plan;
    plan.source = own->plan.source;
    plan.size = mixer_.size_;
    plan.map = place * own->plan.map;
    plan.visible = mapped(place, own->plan.visible);
    plan.uncut = mapped(place, own->plan.uncut);
    plan.resample = own->plan.resample;
    for (const auto& layer : mix_.layers) {
      const auto number = [](auto value) { return std::vector<double>{static_cast<double>(value)}; };
      plan.drawn.push_back({mix_name(*mixer_.mix()),
                            {{"example", number(draft.sources[layer.source])},
                             {"top", number(layer.top)},
                             {"left", number(layer.left)},
                             {"weight", number(layer.weight)}}});
      plan.drawn.insert(plan.drawn.end(), layer.plan.drawn.begin(), layer.plan.drawn.end());
    }
    return std::move(mix_);
  }

 private:
  Part whole() const { return {0, 0, mixer_.size_.height, mixer_.size_.width}; }

  /// Lays a source over the part, to whose size the pipeline brings it.
  void add(std::size_t source, const Pipeline& pipeline, const Part& part, double weight = 1) {
    MixLayer layer{source, pipeline.draw(sources_[source], Random(random_.bits64(), 0, source)), part.top, part.left,
                   weight};
    const auto dx = static_cast<float>(part.left), dy = static_cast<float>(part.top);
    const auto moved = [=](const Box& box) { return Box{box.xmin + dx, box.ymin + dy, box.xmax + dx, box.ymax + dy}; };
    Plan& plan = mix_.plan;
    for (std::size_t i = 0; i < layer.plan.boxes.size(); ++i) {
      plan.boxes.push_back(moved(layer.plan.boxes[i]));
      plan.kept.push_back(first_box_[source] + layer.plan.kept[i]);
      plan.weights.push_back(static_cast<float>(weight));
      mix_.box_sources.push_back(source);
    }
    if (sources_[source].keypoints_per_box > 0 || layer.plan.boxes.empty()) {
      for (const auto& point : layer.plan.keypoints)
        plan.keypoints.push_back(point.is_missing() ? point : Keypoint{point.x + dx, point.y + dy, point.visibility});
    }
    for (auto box : layer.plan.dropped) {
      box.index += first_box_[source];
      plan.dropped.push_back(box);
    }
    mix_.layers.push_back(std::move(layer));
  }

  /// Takes from the boxes of the first source, so far the only one, what lies under the patch.
  void cover(const Part& patch, const SanitizeBoundingBoxes& rule) {
    Plan& plan = mix_.plan;
    std::vector<bool> keep(plan.boxes.size(), true);
    for (std::size_t i = 0; i < plan.boxes.size(); ++i) {
      const auto [box, share] = beside(plan.boxes[i], patch);
      const auto reason = share <= 0 ? DropReason::kCovered : rule.drops(box, share);
      plan.boxes[i] = box;
      if (!reason) continue;
      keep[i] = false;
      plan.dropped.push_back({plan.kept[i], *reason, box, share});
    }
    if (!plan.boxes.empty()) {
      keep_marked(plan.kept, keep);
      keep_marked(plan.weights, keep);
      keep_marked(mix_.box_sources, keep);
      if (sources_[0].keypoints_per_box > 0) keep_marked(plan.keypoints, keep);
      keep_marked(plan.boxes, keep);
    }
    for (auto& point : plan.keypoints) {
      const bool covered = point.x >= static_cast<float>(patch.left) && point.x < static_cast<float>(patch.right) &&
                           point.y >= static_cast<float>(patch.top) && point.y < static_cast<float>(patch.bottom);
      if (covered) point.visibility = 0;
    }
  }

  const Mixer& mixer_;
  const std::vector<SampleGeometry>& sources_;
  Random random_;
  std::vector<std::size_t> first_box_;
  MixPlan mix_;
};

Mixer::Mixer(const Pipeline& pipeline, ImageSize size, ResizeMode mode) : pipeline_(pipeline), size_(size) {
  check_size("Mixer: size", size);
  if (mix() && std::holds_alternative<Mosaic>(*mix()) && (size.height < 2 || size.width < 2)) {
    throw std::invalid_argument("Mosaic: expected sides of at least 2 pixels");
  }
  whole_ = pipeline.then(fit(size, mode));
}

std::size_t Mixer::most_sources() const { return !mix() ? 1 : std::holds_alternative<Mosaic>(*mix()) ? 4 : 2; }

MixDraft Mixer::begin(std::size_t count, std::size_t index, Random random) const {
  if (index >= count) {
    throw std::invalid_argument("Mixer::begin: expected an index below " + std::to_string(count) + ", got " +
                                std::to_string(index));
  }
  MixDraft draft{{index}, random};
  if (!mix() || !draft.random.bernoulli(probability(*mix()))) return draft;
  for (std::size_t k = 1; k < most_sources(); ++k) draft.sources.push_back(draft.random.below(count));
  return draft;
}

MixPlan Mixer::draw(const MixDraft& draft, const std::vector<SampleGeometry>& sources) const {
  const bool known = sources.size() == 1 || sources.size() == most_sources();
  if (sources.size() != draft.sources.size() || !known) {
    throw std::invalid_argument("Mixer::draw: expected " + std::to_string(draft.sources.size()) + " sources, got " +
                                std::to_string(sources.size()));
  }
  if (sources.size() == 1) {
    MixPlan alone;
    alone.plan = whole_.draw(sources[0], draft.random);
    alone.box_sources.resize(alone.plan.boxes.size(), 0);
    return alone;
  }
  Drawing drawing(*this, draft, sources);
  std::visit([&](const auto& kind) { drawing.make(kind); }, *mix());
  return std::move(drawing).finish(draft);
}

void paste(const MixPlan& mix, std::size_t layer, const cv::Mat& rendered, cv::Mat& output) {
  const MixLayer& part = mix.layers.at(layer);
  const auto height = static_cast<int>(part.plan.size.height), width = static_cast<int>(part.plan.size.width);
  if (layer == 0) {
    output.create(static_cast<int>(mix.plan.size.height), static_cast<int>(mix.plan.size.width), rendered.type());
  }
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
