#include "training/truth.h"

#include <vector>

namespace localization {

Truth truth_of(const torch::Tensor& targets, const Target& target) {
  std::int64_t at = 0;
  const auto take = [&](std::int64_t count) { return targets.narrow(1, std::exchange(at, at + count), count); };
  Truth truth;
  if (target.box) truth.boxes = take(4);
  if (!target.classes.empty()) truth.classes = take(1).squeeze(1).to(torch::kInt64);
  if (const auto count = static_cast<std::int64_t>(target.keypoints.size()); count > 0) {
    const auto points = take(3 * count).reshape({-1, count, 3});
    truth.keypoints = points.narrow(2, 0, 2);
    truth.present = (points.select(2, 2) > 0).to(targets.dtype());
  }
  if (const auto count = static_cast<std::int64_t>(target.numbers.size()); count > 0) {
    std::vector<double> mean, std;
    for (const auto& number : target.numbers) {
      mean.push_back(number.mean);
      std.push_back(number.std);
    }
    // In double precision, so that the years 2024 and 2025 differ by as much as they do.
    const auto numbers = take(count).to(torch::kFloat64);
    const auto options = torch::TensorOptions(targets.device()).dtype(torch::kFloat64);
    truth.numbers = ((numbers - torch::tensor(mean, options)) / torch::tensor(std, options)).to(targets.dtype());
  }
  return truth;
}

}  // namespace localization
