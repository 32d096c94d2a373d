#include <boxfeed/transforms/compose.h>

#include <stdexcept>
#include <string>
#include <utility>

#include "transforms/checks.h"

namespace boxfeed::transforms {
namespace {

void check_not_empty(const char* name, const std::vector<Transform>& transforms) {
  if (transforms.empty())
    throw std::invalid_argument(std::string(name) + ": expected at least one transform, got none");
}

}  // namespace

std::vector<Transform> RandomApply::choose(Random& random) const {
  return double{random.uniform()} < p_ ? transforms_ : std::vector<Transform>{};
}
void RandomApply::check() const { check_probability("RandomApply: p", p_); }
void RandomApply::fields(FieldVisitor& visitor) {
  visitor.field("transforms", transforms_);
  visitor.field("p", p_);
}

std::vector<Transform> RandomChoice::choose(Random& random) const {
  if (p_.empty()) return {transforms_[random.below(transforms_.size())]};
  double sum = 0;
  for (const double p : p_) sum += p;
  double at = random.uniform(0, sum);
  std::size_t last = 0;
  for (std::size_t i = 0; i < p_.size(); ++i) {
    if (p_[i] == 0) continue;
    last = i;
    if (at < p_[i]) break;
    at -= p_[i];
  }
  return {transforms_[last]};
}
void RandomChoice::check() const {
  check_not_empty(kName, transforms_);
  if (p_.empty()) return;
  if (p_.size() != transforms_.size()) {
    throw std::invalid_argument("RandomChoice: p: expected a probability for each of " +
                                std::to_string(transforms_.size()) + " transforms, got " + std::to_string(p_.size()));
  }
  double sum = 0;
  for (const double p : p_) {
    check_at_least("RandomChoice: p", p, 0);
    sum += p;
  }
  if (sum <= 0) throw std::invalid_argument("RandomChoice: p: expected one above 0, got zeros");
}
void RandomChoice::fields(FieldVisitor& visitor) {
  visitor.field("transforms", transforms_);
  visitor.field("p", p_);
}

std::vector<Transform> RandomOrder::choose(Random& random) const {
  auto order = transforms_;
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  return order;
}

std::vector<Transform> OneOf::choose(Random& random) const {
  if (!(double{random.uniform()} < p_)) return {};
  return {transforms_[random.below(transforms_.size())]};
}
void OneOf::check() const {
  check_not_empty(kName, transforms_);
  check_probability("OneOf: p", p_);
}
void OneOf::fields(FieldVisitor& visitor) {
  visitor.field("transforms", transforms_);
  visitor.field("p", p_);
}

void KeepBoxes::check() const {
  sanitize_.check();
  check_count("KeepBoxes: attempts", attempts_, 1, 1000);
}
void KeepBoxes::fields(FieldVisitor& visitor) {
  visitor.field("transforms", transforms_);
  sanitize_.fields(visitor);
  visitor.field("attempts", attempts_);
}

}  // namespace boxfeed::transforms
