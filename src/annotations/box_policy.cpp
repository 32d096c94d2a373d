#include <boxfeed/annotations/annotation_table_builder.h>
#include <boxfeed/annotations/box_policy.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <stdexcept>
#include <utility>

#include "annotations/number_text.h"
#include "annotations/problem_list.h"

namespace boxfeed {
namespace {

constexpr float kRelativeTolerance = 1e-6F;

void check_policy(const BoxPolicy& policy) {
  const auto refuse = [](const char* option, const std::string& text) {
    throw std::invalid_argument("BoxPolicy::" + std::string(option) + ": expected " + text);
  };
  if (policy.degenerate() == BoxAction::kFix) refuse("degenerate", "kThrow or kSkip, got kFix");
  if (policy.tiny() == BoxAction::kFix) refuse("tiny", "kThrow or kSkip, got kFix");
  if (!(policy.min_size() >= 0)) refuse("min_size", "at least 0, got " + std::to_string(policy.min_size()));
  if (!(policy.tolerance() >= 0)) refuse("tolerance", "at least 0, got " + std::to_string(policy.tolerance()));
  if (!(policy.min_visibility() >= 0 && policy.min_visibility() <= 1)) {
    refuse("min_visibility", "a share from 0 to 1, got " + std::to_string(policy.min_visibility()));
  }
}

std::string text_of(const Box& box) {
  return "(" + number_text(box.xmin) + ", " + number_text(box.ymin) + ", " + number_text(box.xmax) + ", " +
         number_text(box.ymax) + ")";
}

/// Where the boxes of an image may lie, in their units.
struct Bounds {
  float width = std::numeric_limits<float>::infinity();
  float height = std::numeric_limits<float>::infinity();
  float tolerance_x = 0;
  float tolerance_y = 0;
  float min_width = 0;
  float min_height = 0;
};

/// A box after the policy, or the reason to leave it out; the repairs on the way.
struct Verdict {
  Box box;
  std::optional<Reason> refused;
  std::string text;
  std::optional<Reason> fixed;
};

float area_of(const Box& box) { return box.width() * box.height(); }

/// One application of a policy.
class BoxPolicyPass {
 public:
  BoxPolicyPass(const AnnotationTable& table, const BoxPolicy& policy, const std::vector<ImageSize>& sizes)
      : table_(table), policy_(policy), sizes_(sizes) {}

  CheckedTable run() {
    std::vector<std::size_t> kept;
    bool changed = false;
    for (std::size_t i = 0; i < table_.size(); ++i) {
      const std::size_t left = check(i, changed);
      if (left > 0 || policy_.keep_empty()) {
        kept.push_back(i);
      } else {
        report_.add_dropped_image();
      }
    }
    problems_.throw_if_any();
    AnnotationTable out = changed ? rebuilt() : table_;
    if (kept.size() < table_.size()) out = out.subset(kept);
    return {std::move(out), std::move(report_)};
  }

 private:
  Bounds bounds_of(std::size_t i) const {
    std::optional<ImageSize> size = table_.image_size(i);
    if (!sizes_.empty() && sizes_[i].height > 0) size = sizes_[i];
    Bounds bounds;
    if (size) {
      bounds.width = static_cast<float>(size->width);
      bounds.height = static_cast<float>(size->height);
    }
    const bool fractions = table_.box_units() == BoxUnits::kFractions;
    bounds.min_width = size && fractions ? policy_.min_size() / bounds.width : fractions ? 0 : policy_.min_size();
    bounds.min_height = size && fractions ? policy_.min_size() / bounds.height : fractions ? 0 : policy_.min_size();
    bounds.tolerance_x = policy_.tolerance();
    bounds.tolerance_y = policy_.tolerance();
    if (size) {
      bounds.tolerance_x = std::max(bounds.tolerance_x, kRelativeTolerance * bounds.width);
      bounds.tolerance_y = std::max(bounds.tolerance_y, kRelativeTolerance * bounds.height);
      if (fractions) {
        bounds.tolerance_x /= bounds.width;
        bounds.tolerance_y /= bounds.height;
      }
    } else if (fractions) {
      bounds.tolerance_x = bounds.tolerance_y = kRelativeTolerance;
    }
    if (fractions) bounds.width = bounds.height = 1;
    return bounds;
  }

  Verdict judge(Box box, const Bounds& bounds) const {
    Verdict verdict;
    const auto refuse = [&](Reason reason, const std::string& text) {
      verdict.box = box;
      verdict.refused = reason;
      verdict.text = text;
      return verdict;
    };
    if (box.xmax < box.xmin || box.ymax < box.ymin) {
      if (policy_.inverted() != BoxAction::kFix) {
        return refuse(Reason::kInverted, "expected xmin < xmax and ymin < ymax");
      }
      if (box.xmax < box.xmin) std::swap(box.xmin, box.xmax);
      if (box.ymax < box.ymin) std::swap(box.ymin, box.ymax);
      verdict.fixed = Reason::kInverted;
    }
    if (!(box.width() > 0 && box.height() > 0)) {
      return refuse(Reason::kDegenerate, "expected a box with a width and a height");
    }
    const Box inside{std::clamp(box.xmin, 0.0F, bounds.width), std::clamp(box.ymin, 0.0F, bounds.height),
                     std::clamp(box.xmax, 0.0F, bounds.width), std::clamp(box.ymax, 0.0F, bounds.height)};
    if (!(inside.width() > 0 && inside.height() > 0)) {
      return refuse(Reason::kOutsideAll, "expected a box that touches the image" + size_text(bounds));
    }
    const bool beyond = box.xmin < -bounds.tolerance_x || box.ymin < -bounds.tolerance_y ||
                        box.xmax > bounds.width + bounds.tolerance_x || box.ymax > bounds.height + bounds.tolerance_y;
    if (beyond && policy_.outside() != BoxAction::kFix) {
      return refuse(Reason::kOutside, "expected a box within the image" + size_text(bounds));
    }
    if (beyond) verdict.fixed = Reason::kOutside;
    if (inside.width() < bounds.min_width || inside.height() < bounds.min_height) {
      return refuse(Reason::kTooSmall, "expected a box of at least " + number_text(policy_.min_size()) + " pixels");
    }
    if (area_of(inside) < policy_.min_visibility() * area_of(box)) {
      return refuse(Reason::kTooSmall, "expected at least " + number_text(policy_.min_visibility()) +
                                           " of the box within the image" + size_text(bounds));
    }
    verdict.box = inside;
    return verdict;
  }

  static std::string size_text(const Bounds& bounds) {
    if (!std::isfinite(bounds.width)) return "";
    return " (" + number_text(bounds.width) + " × " + number_text(bounds.height) + ")";
  }

  BoxAction action_for(Reason reason) const {
    switch (reason) {
      case Reason::kInverted: return policy_.inverted();
      case Reason::kDegenerate: return policy_.degenerate();
      case Reason::kTooSmall: return policy_.tiny();
      default: return policy_.outside();
    }
  }

  /// Judges the boxes of record i and books the results; returns how many boxes are left.
  std::size_t check(std::size_t i, bool& changed) {
    const auto boxes = table_.boxes(i);
    if (boxes.empty()) return 0;
    const Bounds bounds = bounds_of(i);
    std::size_t left = 0;
    for (std::size_t k = 0; k < boxes.size(); ++k) {
      const Verdict verdict = judge(boxes[k], bounds);
      changed = changed || verdict.refused || verdict.box != boxes[k];
      if (!verdict.refused) ++left;
      if (!verdict.refused && !verdict.fixed) continue;
      const Reason reason = verdict.refused.value_or(verdict.fixed.value_or(Reason::kOutside));
      const std::string image(table_.name(i)), number = "box " + std::to_string(k + 1);
      const std::string text = (verdict.refused ? verdict.text + ", got " : "repaired ") + text_of(boxes[k]);
      AnnotationProblem problem{reason, table_.place(i).annotation_path, table_.box_line(i, k), image, {}};
      if (verdict.refused && action_for(reason) == BoxAction::kThrow) {
        problem.text = "image " + quoted(image) + (boxes.size() > 1 ? ", " + number : "") + ": " + text;
        problems_.add(std::move(problem));
      } else {
        problem.text = (boxes.size() > 1 ? number + ": " : "") + text;
        report_.add({verdict.refused ? BoxAction::kSkip : BoxAction::kFix, i, std::move(problem)});
      }
    }
    return left;
  }

  /// Keeps those of `values`, equally many for each of `keep.size()` objects, whose object is kept.
  template <typename T>
  static void keep_objects(std::vector<T>& values, const std::vector<bool>& keep) {
    if (values.empty() || values.size() % keep.size() != 0) return;
    const std::size_t each = values.size() / keep.size();
    std::size_t out = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (keep[i / each]) values[out++] = values[i];
    }
    values.resize(out);
  }

  AnnotationTable rebuilt() const {
    AnnotationTableBuilder builder(table_);
    AnnotationRecord record;
    std::vector<bool> keep;
    for (std::size_t i = 0; i < table_.size(); ++i) {
      copy_record(table_, i, record);
      if (!record.boxes.empty()) {
        const Bounds bounds = bounds_of(i);
        keep.assign(record.boxes.size(), true);
        for (std::size_t k = 0; k < record.boxes.size(); ++k) {
          const Verdict verdict = judge(record.boxes[k], bounds);
          keep[k] = !verdict.refused;
          record.boxes[k] = verdict.box;
        }
        keep_objects(record.boxes, keep);
        keep_objects(record.class_ids, keep);
        keep_objects(record.flags, keep);
        keep_objects(record.areas, keep);
        keep_objects(record.box_lines, keep);
        keep_objects(record.keypoints, keep);
        keep_objects(record.numbers, keep);
      }
      builder.add(record);
    }
    return builder.build();
  }

  const AnnotationTable& table_;
  const BoxPolicy& policy_;
  const std::vector<ImageSize>& sizes_;
  ProblemList problems_;
  BoxReport report_;
};

}  // namespace

CheckedTable apply_box_policy(const AnnotationTable& table, const BoxPolicy& policy,
                              const std::vector<ImageSize>& sizes) {
  check_policy(policy);
  if (!sizes.empty() && sizes.size() != table.size()) {
    throw std::invalid_argument("apply_box_policy: expected no sizes or one for each of " +
                                std::to_string(table.size()) + " records, got " + std::to_string(sizes.size()));
  }
  return BoxPolicyPass(table, policy, sizes).run();
}

}  // namespace boxfeed
