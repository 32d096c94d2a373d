#include <boxfeed/metrics/running_sum.h>

#include <cmath>

namespace boxfeed {

void RunningSum::add(double value) {
  const double sum = sum_ + value;
  rest_ += std::abs(sum_) >= std::abs(value) ? (sum_ - sum) + value : (value - sum) + sum_;
  sum_ = sum;
}

void RunningSum::add_product(double a, double b) {
  const double product = a * b;
  add(product);
  rest_ += std::fma(a, b, -product);
}

void RunningSum::add(const RunningSum& other) {
  add(other.sum_);
  rest_ += other.rest_;
}

}  // namespace boxfeed
