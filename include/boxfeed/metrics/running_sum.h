#pragma once

namespace boxfeed {

/// A sum that carries its rounding errors along, so that neither the order of what is added nor its division into parts
/// shows in sixteen digits.
/// Source: Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", ZAMM 1974.
class RunningSum {
 public:
  RunningSum() = default;
  RunningSum(double sum, double rest) : sum_(sum), rest_(rest) {}

  void add(double value);
  /// Adds a * b, of which nothing is rounded off.
  void add_product(double a, double b);
  void add(const RunningSum& other);

  double value() const { return sum_ + rest_; }
  double sum() const { return sum_; }
  /// What the sum lacks by rounding.
  double rest() const { return rest_; }

 private:
  double sum_ = 0;
  double rest_ = 0;
};

}  // namespace boxfeed
