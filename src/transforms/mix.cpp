#include <boxfeed/transforms/mix.h>

#include "transforms/checks.h"

namespace boxfeed::transforms {

void Mosaic::check() const {
  check_probability("Mosaic: p", p_);
  check_range("Mosaic: center", center_, 0);
  check_probability("Mosaic: center", center_.high);
}
void Mosaic::fields(FieldVisitor& visitor) {
  visitor.field("p", p_);
  visitor.field("center", center_);
}

void MixUp::check() const {
  check_probability("MixUp: p", p_);
  check_at_least("MixUp: alpha", alpha_, 1e-3);
}
void MixUp::fields(FieldVisitor& visitor) {
  visitor.field("p", p_);
  visitor.field("alpha", alpha_);
}

void CutMix::check() const {
  check_probability("CutMix: p", p_);
  check_at_least("CutMix: alpha", alpha_, 1e-3);
  sanitize_.check();
}
void CutMix::fields(FieldVisitor& visitor) {
  visitor.field("p", p_);
  visitor.field("alpha", alpha_);
  sanitize_.fields(visitor);
}

std::string mix_name(const Mix& mix) {
  return std::visit([](const auto& kind) -> std::string { return kind.kName; }, mix);
}

}  // namespace boxfeed::transforms
