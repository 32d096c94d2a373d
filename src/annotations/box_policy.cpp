#include <boxfeed/annotations/annotation_table_builder.h>
#include <boxfeed/annotations/box_policy.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <stdexcept>
#include <utility>

#include "annotations/problem_list.h"
#include "core/number_text.h"

namespace boxfeed {
namespace {

constexpr float kRelativeTolerance = 1e-6F;

void check_policy(const BoxPolicy& policy) {
  if (policy.degenerate() == BoxAction::kFix) {
    throw std::invalid_argument("BoxPolicy::degenerate: expected kThrow or kSkip, got kFix");
  }
  if (!(policy.tolerance() >= 0)) {
    throw std::invalid_argument("BoxPolicy::tolerance: expected at least 0, got " + std::to_string(policy.tolerance()));
  }
}

std::string text_of(const Box& box) {
  return "(" + float_text(box.xmin) + ", " + float_text(box.ymin) + ", " + float_text(box.xmax) + ", " +
         float_text(box.ymax) + ")";
}

/// Where the boxes of an image may lie, in their units.
struct Bounds {
  float width = std::numeric_limits<float>::infinity();
  float height = std::numeric_limits<float>::infinity();
  float tolerance_x = 0;
  float tolerance_y = 0;

  std::string text() const {
    if (!std::isfinite(width)) return "";
    if (width == 1 && height == 1) return " (0 to 1)";
    return " of " + to_string(ImageSize{std::llround(height), std::llround(width)});
  }
};

/// A box after the policy, and why something was done to it: repaired, or refused with what was expected.
struct Verdict {
  Box box;
  std::optional<Reason> reason = {};
  BoxAction action = BoxAction::kFix;
  std::string text = {};
};

/// One application of a policy.
class BoxPolicyPass {
 public:
  BoxPolicyPass(const BoxPolicy& policy, BoxUnits units, BoxReport& report)
      : policy_(policy), fractions_(units == BoxUnits::kFractions), report_(report) {
    check_policy(policy);
  }

  Bounds bounds_of(std::optional<ImageSize> size) const {
    Bounds bounds;
    bounds.tolerance_x = bounds.tolerance_y = policy_.tolerance();
    if (size) {
      bounds.width = static_cast<float>(size->width);
      bounds.height = static_cast<float>(size->height);
      bounds.tolerance_x = std::max(bounds.tolerance_x, kRelativeTolerance * bounds.width);
      bounds.tolerance_y = std::max(bounds.tolerance_y, kRelativeTolerance * bounds.height);
      if (fractions_) {
        bounds.tolerance_x /= bounds.width;
        bounds.tolerance_y /= bounds.height;
      }
    } else if (fractions_) {
      bounds.tolerance_x = bounds.tolerance_y = kRelativeTolerance;
    }
    if (fractions_) bounds.width = bounds.height = 1;
    return bounds;
  }

  /// Whether all boxes and keypoints stay as they are, as nearly always.
  bool are_good(Span<Box> boxes, Span<Keypoint> points, Span<std::uint8_t> flags, const Bounds& bounds) const {
    if (std::any_of(flags.begin(), flags.end(), [&](std::uint8_t f) { return left_out(f).has_value(); })) return false;
    const auto is_good = [&](const Keypoint& point) {
      return !(point.visibility > 0) ||
             (0 <= point.x && point.x <= bounds.width && 0 <= point.y && point.y <= bounds.height);
    };
    if (!std::all_of(points.begin(), points.end(), is_good)) return false;
    return std::all_of(boxes.begin(), boxes.end(), [&](const Box& box) {
      return 0 <= box.xmin && box.xmin < box.xmax && box.xmax <= bounds.width && 0 <= box.ymin && box.ymin < box.ymax &&
             box.ymax <= bounds.height;
    });
  }

  /// Books what is wrong with the boxes and keypoints of a record.
  void check(const AnnotationRecord& record, const Bounds& bounds, const ExamplePlace& place) {
    const auto& boxes = record.boxes;
    const auto& points = record.keypoints;
    const auto box_number = [&](std::size_t k) { return boxes.size() > 1 ? "box " + std::to_string(k + 1) : ""; };
    const auto book_at = [&](std::size_t k, Reason reason, const std::string& number, BoxAction action,
                             const std::string& text) {
      const std::size_t line = record.box_lines.empty() ? place.line : record.box_lines[k];
      book({reason, place.annotation_path, line, record.name,
            text + (action == BoxAction::kThrow ? advice_for(reason) : "")},
           number, action);
    };
    for (std::size_t k = 0; k < boxes.size(); ++k) {
      if (const auto mark = record.flags.empty() ? std::nullopt : left_out(record.flags[k])) {
        book_at(k, *mark, box_number(k), BoxAction::kSkip,
                *mark == Reason::kCrowd ? "a box around a crowd" : "marked as difficult");
        continue;
      }
      const Verdict verdict = judge(boxes[k], bounds);
      if (!verdict.reason) continue;
      const bool is_fixed = verdict.action == BoxAction::kFix;
      book_at(k, *verdict.reason, box_number(k), verdict.action,
              (is_fixed ? "repaired " : verdict.text + ", got ") + text_of(boxes[k]));
    }
    const std::size_t objects = std::max<std::size_t>(boxes.size(), 1), each = points.size() / objects;
    for (std::size_t n = 0; n < points.size(); ++n) {
      if (!is_beyond(points[n], bounds)) continue;
      const std::size_t k = std::min(n / std::max<std::size_t>(each, 1), objects - 1);
      if (!record.flags.empty() && left_out(record.flags[k])) continue;
      const std::string number = box_number(k), point = "keypoint " + std::to_string(n - k * each + 1);
      book_at(k, Reason::kKeypointOutside, number + (number.empty() ? "" : ", ") + point, policy_.keypoint_outside(),
              "expected a keypoint within the image" + bounds.text() + ", got (" + float_text(points[n].x) + ", " +
                  float_text(points[n].y) + ")");
    }
  }

  /// Writes into `record` what its boxes and keypoints become.
  void change(AnnotationRecord& record, const Bounds& bounds) const {
    for (auto& point : record.keypoints) {
      if (!(point.visibility > 0)) continue;
      if (is_beyond(point, bounds) && policy_.keypoint_outside() == BoxAction::kSkip) {
        point = {-1, -1, 0};
      } else {
        point.x = std::clamp(point.x, 0.0F, bounds.width);
        point.y = std::clamp(point.y, 0.0F, bounds.height);
      }
    }
    if (record.boxes.empty()) return;
    std::vector<bool> keep(record.boxes.size(), true);
    for (std::size_t k = 0; k < record.boxes.size(); ++k) {
      const Verdict verdict = judge(record.boxes[k], bounds);
      keep[k] = verdict.action == BoxAction::kFix && (record.flags.empty() || !left_out(record.flags[k]));
      record.boxes[k] = verdict.box;
    }
    record.keep_boxes(keep);
  }

  void throw_if_refused() const { problems_.throw_if_any(); }

 private:
  /// Why a box with these flags is no target.
  std::optional<Reason> left_out(std::uint8_t flags) const {
    if (!policy_.crowds() && (flags & kCrowd) != 0) return Reason::kCrowd;
    if (!policy_.difficult() && (flags & kDifficult) != 0) return Reason::kDifficult;
    return std::nullopt;
  }

  /// What can be done about it, for the message that refuses it.
  static const char* advice_for(Reason reason) {
    switch (reason) {
      case Reason::kInverted: return ": `inverted(BoxAction::kFix)` swaps them";
      case Reason::kDegenerate: return ": `degenerate(BoxAction::kSkip)` leaves it out";
      case Reason::kOutsideAll: return ": `outside(BoxAction::kSkip)` leaves it out";
      case Reason::kKeypointOutside: return ": `keypoint_outside(BoxAction::kFix)` moves it onto the edge";
      default: return ": `outside(BoxAction::kFix)` clips it, `outside(BoxAction::kSkip)` leaves it out";
    }
  }

  static bool is_beyond(const Keypoint& point, const Bounds& bounds) {
    return point.visibility > 0 &&
           !(point.x >= -bounds.tolerance_x && point.y >= -bounds.tolerance_y &&
             point.x <= bounds.width + bounds.tolerance_x && point.y <= bounds.height + bounds.tolerance_y);
  }

  void book(AnnotationProblem problem, const std::string& number, BoxAction action) {
    if (action == BoxAction::kThrow) {
      problem.text = "image " + quoted(problem.image) + (number.empty() ? "" : ", " + number) + ": " + problem.text;
      problems_.add(std::move(problem));
    } else {
      if (!number.empty()) problem.text = number + ": " + problem.text;
      report_.add(action, std::move(problem));
    }
  }

  Verdict judge(Box box, const Bounds& bounds) const {
    std::optional<Reason> fixed;
    const auto refuse = [&](Reason reason, BoxAction action, const std::string& text) {
      return Verdict{box, reason, action == BoxAction::kThrow ? action : BoxAction::kSkip, text};
    };
    if (box.xmax < box.xmin || box.ymax < box.ymin) {
      if (policy_.inverted() != BoxAction::kFix) {
        return refuse(Reason::kInverted, policy_.inverted(), "expected xmin < xmax and ymin < ymax");
      }
      if (box.xmax < box.xmin) std::swap(box.xmin, box.xmax);
      if (box.ymax < box.ymin) std::swap(box.ymin, box.ymax);
      fixed = Reason::kInverted;
    }
    if (!(box.width() > 0 && box.height() > 0)) {
      return refuse(Reason::kDegenerate, policy_.degenerate(), "expected a box with a width and a height");
    }
    const Box inside{std::clamp(box.xmin, 0.0F, bounds.width), std::clamp(box.ymin, 0.0F, bounds.height),
                     std::clamp(box.xmax, 0.0F, bounds.width), std::clamp(box.ymax, 0.0F, bounds.height)};
    if (!(inside.width() > 0 && inside.height() > 0)) {
      return refuse(Reason::kOutsideAll, policy_.outside(), "expected a box that touches the image" + bounds.text());
    }
    const bool beyond = box.xmin < -bounds.tolerance_x || box.ymin < -bounds.tolerance_y ||
                        box.xmax > bounds.width + bounds.tolerance_x || box.ymax > bounds.height + bounds.tolerance_y;
    if (beyond && policy_.outside() != BoxAction::kFix) {
      return refuse(Reason::kOutside, policy_.outside(), "expected a box within the image" + bounds.text());
    }
    return {inside, beyond ? Reason::kOutside : fixed};
  }

  const BoxPolicy& policy_;
  bool fractions_;
  BoxReport& report_;
  ProblemList problems_;
};

}  // namespace

void BoxReport::add(const Count& more) {
  const auto found = std::find_if(counts_.begin(), counts_.end(), [&](const Count& entry) {
    return entry.reason == more.reason && entry.action == more.action;
  });
  if (found != counts_.end()) {
    found->count += more.count;
  } else {
    counts_.push_back(more);
  }
}

void BoxReport::add(BoxAction action, AnnotationProblem box) {
  add(Count{box.reason, action, 1});
  if (boxes_.size() < kListed) boxes_.push_back(std::move(box));
}

void BoxReport::add(const BoxReport& other) {
  for (const auto& entry : other.counts_) add(entry);
  const auto room = std::min(other.boxes_.size(), kListed - boxes_.size());
  boxes_.insert(boxes_.end(), other.boxes_.begin(), other.boxes_.begin() + static_cast<std::ptrdiff_t>(room));
  dropped_images_ += other.dropped_images_;
}

std::size_t BoxReport::count(Reason reason, BoxAction action) const noexcept {
  for (const auto& entry : counts_) {
    if (entry.reason == reason && entry.action == action) return entry.count;
  }
  return 0;
}

std::size_t BoxReport::count(BoxAction action) const noexcept {
  std::size_t sum = 0;
  for (const auto& entry : counts_) {
    if (entry.action == action && entry.reason != Reason::kKeypointOutside) sum += entry.count;
  }
  return sum;
}

std::string BoxReport::summary() const {
  std::string out;
  const auto add = [&](std::size_t count, const char* one, const char* several, const std::string& what) {
    if (count == 0) return;
    out += (out.empty() ? "" : ", ") + std::to_string(count) + " " + (count == 1 ? one : several) + " " + what;
  };
  const auto reasons = [&](BoxAction action) {
    std::string list;
    for (const auto& entry : counts_) {
      if (entry.action != action || entry.reason == Reason::kKeypointOutside) continue;
      list += (list.empty() ? "" : ", ") + std::string(reason_name(entry.reason)) + " " + std::to_string(entry.count);
    }
    return " (" + list + ")";
  };
  add(fixed(), "box", "boxes", "repaired" + reasons(BoxAction::kFix));
  add(skipped(), "box", "boxes", "left out" + reasons(BoxAction::kSkip));
  add(count(Reason::kKeypointOutside, BoxAction::kFix), "keypoint", "keypoints", "moved onto the edge");
  add(count(Reason::kKeypointOutside, BoxAction::kSkip), "keypoint", "keypoints", "left out");
  add(dropped_images_, "image", "images", "without boxes left out");
  return out;
}

CheckedTable apply_box_policy(const AnnotationTable& table, const BoxPolicy& policy,
                              const std::vector<ImageSize>& sizes) {
  CheckedTable checked{table, {}};
  BoxPolicyPass pass(policy, table.box_units(), checked.report);
  if (!sizes.empty() && sizes.size() != table.size()) {
    throw std::invalid_argument("apply_box_policy: expected no sizes or one for each of " +
                                std::to_string(table.size()) + " records, got " + std::to_string(sizes.size()));
  }
  const auto bounds_of = [&](std::size_t i) {
    return pass.bounds_of(sizes.empty() || sizes[i].height == 0 ? table.image_size(i) : sizes[i]);
  };
  std::vector<bool> is_good(table.size());
  for (std::size_t i = 0; i < table.size(); ++i) {
    const auto bounds = bounds_of(i);
    is_good[i] = pass.are_good(table.boxes(i), table.keypoints(i), table.flags(i), bounds);
    if (is_good[i]) continue;
    pass.check(table.record(i), bounds, table.place(i));
  }
  pass.throw_if_refused();
  if (std::find(is_good.begin(), is_good.end(), false) != is_good.end()) {
    AnnotationTableBuilder builder(table);
    for (std::size_t i = 0; i < table.size(); ++i) {
      AnnotationRecord record = table.record(i);
      if (!is_good[i]) pass.change(record, bounds_of(i));
      builder.add(record);
    }
    checked.table = builder.build();
  }
  if (policy.keep_empty()) return checked;
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (!checked.table.boxes(i).empty()) kept.push_back(i);
  }
  checked.report.add_dropped_images(table.size() - kept.size());
  if (kept.size() < table.size()) checked.table = checked.table.subset(kept);
  return checked;
}

void apply_box_policy(AnnotationRecord& record, const BoxPolicy& policy, const ExamplePlace& place, ImageSize image,
                      BoxReport& report) {
  BoxPolicyPass pass(policy, record.box_units, report);
  const auto bounds = pass.bounds_of(image);
  if (pass.are_good(record.boxes, record.keypoints, record.flags, bounds)) return;
  pass.check(record, bounds, place);
  pass.throw_if_refused();
  pass.change(record, bounds);
}

}  // namespace boxfeed
