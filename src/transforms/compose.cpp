#include <boxfeed/transforms/compose.h>

#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>

#include "transforms/checks.h"
#include "transforms/plan_drawing.h"

namespace boxfeed::transforms {

void RandomApply::fields(FieldVisitor& visitor) {
  visitor.field("transforms", transforms_);
  visitor.field("p", p_, {0, 1});
}
std::vector<Transform> RandomApply::choose(Random& random) const {
  return random.bernoulli(p_) ? transforms_ : std::vector<Transform>{};
}

void RandomChoice::fields(FieldVisitor& visitor) {
  visitor.field("transforms", transforms_);
  visitor.field("p", p_, {0});
}
void RandomChoice::check() const {
  if (transforms_.empty()) refuse(name(), "at least one transform", "none");
  if (p_.empty()) return;
  if (p_.size() != transforms_.size()) {
    refuse("RandomChoice: p", "a probability for each of " + std::to_string(transforms_.size()) + " transforms",
           std::to_string(p_.size()));
  }
  if (std::accumulate(p_.begin(), p_.end(), 0.0) <= 0) refuse("RandomChoice: p", "one above 0", "zeros");
}
std::vector<Transform> RandomChoice::choose(Random& random) const {
  if (p_.empty()) return {transforms_[random.below(transforms_.size())]};
  double at = random.uniform(0, std::accumulate(p_.begin(), p_.end(), 0.0));
  std::size_t last = 0;
  for (std::size_t i = 0; i < p_.size(); ++i) {
    if (p_[i] == 0) continue;
    last = i;
    if (at < p_[i]) break;
    at -= p_[i];
  }
  return {transforms_[last]};
}

std::vector<Transform> RandomOrder::choose(Random& random) const {
  auto order = transforms_;
  random.shuffle(order);
  return order;
}

void KeepBoundingBoxes::fields(FieldVisitor& visitor) {
  visitor.field("transforms", transforms_);
  sanitize_.fields(visitor);
  visitor.field("attempts", attempts_, {1, 1000});
}
void KeepBoundingBoxes::draw_into(detail::PlanDrawing& drawing, Random& random) const {
  for (std::int64_t i = 0; i < attempts_; ++i) {
    detail::PlanDrawing trial = drawing;
    for (const auto& transform : transforms_) transform->draw_into(trial, random);
    if (!trial.keeps_boxes_of(drawing, sanitize_)) continue;
    drawing = std::move(trial);
    return;
  }
}

}  // namespace boxfeed::transforms
