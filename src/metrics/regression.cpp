#include <boxfeed/metrics/regression.h>

#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <utility>

#include "metrics/inputs.h"
#include "metrics/metric_state.h"

namespace boxfeed {
namespace {

struct Pairs {
  at::Tensor preds, target;  // (N, D)

  std::size_t outputs() const { return static_cast<std::size_t>(preds.size(1)); }
  std::size_t size() const { return static_cast<std::size_t>(preds.numel()); }
};

/// `before` is the number of outputs so far, 0 for none.
Pairs checked(const at::Tensor& preds, const at::Tensor& target, std::size_t before) {
  detail::check_same_shape(preds, target);
  if (preds.dim() != 1 && preds.dim() != 2) {
    throw std::invalid_argument("expected preds of shape (N) or (N, D), got " + detail::shape_of(preds));
  }
  const auto rows = [](const at::Tensor& values, const char* name) {
    return detail::finite_values(values.dim() == 1 ? values.unsqueeze(1) : values, name);
  };
  Pairs pairs{rows(preds, "preds"), rows(target, "target")};
  if (before != 0 && pairs.outputs() != before) {
    throw std::invalid_argument("expected " + std::to_string(before) + " outputs as before, got " +
                                std::to_string(pairs.outputs()));
  }
  return pairs;
}

void add_all(std::vector<RunningSum>& sums, const std::vector<RunningSum>& others) {
  sums.resize(others.size());
  for (std::size_t k = 0; k < sums.size(); ++k) sums[k].add(others[k]);
}

void check_mergeable(const char* metric, std::size_t outputs, std::size_t others) {
  if (outputs == others || outputs == 0 || others == 0) return;
  throw std::invalid_argument(std::string(metric) + ": expected to merge with one of " + std::to_string(outputs) +
                              " outputs, got " + std::to_string(others));
}

double mean(const std::vector<double>& values) {
  RunningSum sum;
  for (const double value : values) sum.add(value);
  return sum.value() / static_cast<double>(values.size());
}

/// The sum of (y - mean)², out of the sums of y and y²: in twice the digits, since most of them cancel. What is left of
/// equal values is rounding.
double variation(const RunningSum& values, const RunningSum& squares, double count) {
  const double center = values.value() / count;
  RunningSum sum = squares;
  sum.add_product(-2 * center, values.sum());
  sum.add_product(-2 * center, values.rest());
  const double square = center * center;
  sum.add_product(count, square);
  sum.add_product(count, std::fma(center, center, -square));
  return sum.value() > 1e-24 * squares.value() ? sum.value() : 0;
}

}  // namespace

void MeanAbsoluteError::update(const at::Tensor& preds, const at::Tensor& target) {
  const auto pairs = checked(preds, target, errors_.size());
  errors_.resize(pairs.outputs());
  const auto errors = (pairs.preds - pairs.target).abs();
  const double* const error = errors.data_ptr<double>();
  for (std::size_t i = 0; i < pairs.size(); ++i) errors_[i % pairs.outputs()].add(error[i]);
  count_ += pairs.preds.size(0);
}

double MeanAbsoluteError::compute() const { return mean(per_output()); }

std::vector<double> MeanAbsoluteError::per_output() const {
  std::vector<double> means;
  for (const auto& sum : errors_) means.push_back(sum.value() / static_cast<double>(count_));
  return means;
}

void MeanAbsoluteError::reset() { *this = {}; }

void MeanAbsoluteError::merge(const MeanAbsoluteError& other) {
  check_mergeable("MeanAbsoluteError", errors_.size(), other.errors_.size());
  if (other.errors_.empty()) return;
  add_all(errors_, other.errors_);
  count_ += other.count_;
}

std::string MeanAbsoluteError::state() const {
  auto json = detail::new_state("MeanAbsoluteError");
  json["count"] = count_;
  json["errors"] = detail::to_json(errors_);
  return json.dump();
}

void MeanAbsoluteError::load_state(const std::string& state) {
  const detail::StateReader reader(state, "MeanAbsoluteError");
  MeanAbsoluteError loaded;
  loaded.count_ = reader.count("count");
  loaded.errors_ = reader.sums("errors");
  *this = std::move(loaded);
}

void R2Score::update(const at::Tensor& preds, const at::Tensor& target) {
  const auto pairs = checked(preds, target, targets_.size());
  for (auto* sums : {&targets_, &squares_, &residuals_}) sums->resize(pairs.outputs());
  const double *const guess = pairs.preds.data_ptr<double>(), *const truth = pairs.target.data_ptr<double>();
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const std::size_t k = i % pairs.outputs();
    targets_[k].add(truth[i]);
    squares_[k].add_product(truth[i], truth[i]);
    residuals_[k].add_product(truth[i] - guess[i], truth[i] - guess[i]);
  }
  count_ += pairs.preds.size(0);
}

double R2Score::compute() const { return mean(per_output()); }

std::vector<double> R2Score::per_output() const {
  std::vector<double> scores;
  const auto count = static_cast<double>(count_);
  for (std::size_t k = 0; k < targets_.size(); ++k) {
    const double total = variation(targets_[k], squares_[k], count), rest = residuals_[k].value();
    scores.push_back(total > 0 ? 1 - rest / total : (count_ == 0 ? std::nan("") : (rest > 0 ? 0 : 1)));
  }
  return scores;
}

void R2Score::reset() { *this = {}; }

void R2Score::merge(const R2Score& other) {
  check_mergeable("R2Score", targets_.size(), other.targets_.size());
  if (other.targets_.empty()) return;
  add_all(targets_, other.targets_);
  add_all(squares_, other.squares_);
  add_all(residuals_, other.residuals_);
  count_ += other.count_;
}

std::string R2Score::state() const {
  auto json = detail::new_state("R2Score");
  json["count"] = count_;
  json["targets"] = detail::to_json(targets_);
  json["squares"] = detail::to_json(squares_);
  json["residuals"] = detail::to_json(residuals_);
  return json.dump();
}

void R2Score::load_state(const std::string& state) {
  const detail::StateReader reader(state, "R2Score");
  R2Score loaded;
  loaded.count_ = reader.count("count");
  loaded.targets_ = reader.sums("targets");
  loaded.squares_ = reader.sums("squares");
  loaded.residuals_ = reader.sums("residuals");
  if (loaded.squares_.size() != loaded.targets_.size() || loaded.residuals_.size() != loaded.targets_.size()) {
    reader.refuse("expected as many targets, squares and residuals");
  }
  *this = std::move(loaded);
}

}  // namespace boxfeed
