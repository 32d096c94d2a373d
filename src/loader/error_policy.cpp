#include <boxfeed/loader/error_policy.h>

#include <sstream>
#include <stdexcept>

namespace boxfeed {

void ErrorBudget::set(double allowed) {
  value_ = allowed;
  if (!(allowed >= 0) || (is_share_ && allowed > 1)) {
    throw std::invalid_argument("max_errors: expected a count of 0 or more or a share in [0, 1], got " +
                                std::to_string(allowed));
  }
}

std::size_t ErrorBudget::allowed(std::size_t examples) const {
  return static_cast<std::size_t>(is_share_ ? value_ * static_cast<double>(examples) : value_);
}

std::string ErrorBudget::text() const {
  std::ostringstream out;
  if (is_share_) {
    out << value_ * 100 << " %";
  } else {
    out << value_;
  }
  return out.str();
}

}  // namespace boxfeed
