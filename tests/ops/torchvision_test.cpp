#include <boxfeed/ops/box_iou.h>
#include <boxfeed/ops/losses.h>
#include <boxfeed/ops/nms.h>
#include <torch/types.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "ops/reference_random.h"
#include "support/catch.h"

using boxfeed::testing::ReferenceRandom;

namespace {

using Function = std::function<torch::Tensor(const torch::Tensor&, const torch::Tensor&)>;

/// In the order of torchvision_reference.py.
const std::vector<Function>& functions() {
  static const std::vector<Function> all{
      [](const auto& a, const auto& b) { return boxfeed::box_iou(a, b); },
      [](const auto& a, const auto& b) { return boxfeed::generalized_box_iou(a, b); },
      [](const auto& a, const auto& b) { return boxfeed::distance_box_iou(a, b); },
      [](const auto& a, const auto& b) { return boxfeed::complete_box_iou(a, b); },
      [](const auto& a, const auto& b) { return boxfeed::generalized_box_iou_loss(a, b); },
      [](const auto& a, const auto& b) { return boxfeed::distance_box_iou_loss(a, b); },
      [](const auto& a, const auto& b) { return boxfeed::complete_box_iou_loss(a, b); }};
  return all;
}

/// The lines of a file beside the program's sources, as numbers.
std::vector<std::vector<double>> lines_of(const std::string& name) {
  std::ifstream file(BOXFEED_TEST_DATA "/torchvision/" + name);
  std::vector<std::vector<double>> lines;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    lines.emplace_back();
    for (std::string word; words >> word;) lines.back().push_back(std::stod(word));
  }
  return lines;
}

using Numbers = std::array<double, 8>;  // two boxes

struct Evaluated {
  double value;
  std::array<double, 8> gradient;
};

/// The values of one function for many pairs at once, with their gradients.
std::vector<Evaluated> evaluated(const Function& function, const std::vector<Numbers>& pairs, torch::Dtype type) {
  const auto count = static_cast<std::int64_t>(pairs.size());
  auto boxes = torch::empty({count, 2, 1, 4}, torch::kDouble);
  for (std::size_t k = 0; k < pairs.size(); ++k) std::copy_n(pairs[k].begin(), 8, boxes.data_ptr<double>() + 8 * k);
  boxes = boxes.to(type).requires_grad_();
  const auto values = function(boxes.select(1, 0), boxes.select(1, 1)).reshape(count).to(torch::kDouble);
  values.sum().backward();
  const auto gradients = boxes.grad().to(torch::kDouble).contiguous();
  std::vector<Evaluated> results(pairs.size());
  for (std::size_t k = 0; k < pairs.size(); ++k) {
    results[k].value = values.data_ptr<double>()[k];
    std::copy_n(gradients.data_ptr<double>() + 8 * k, 8, results[k].gradient.begin());
  }
  return results;
}

Numbers random_pair(ReferenceRandom& random) {
  const double scale = random.below(2) == 0 ? 1.0 / 8 : 1.0 / 4096;
  const auto anywhere = [&](double* box) {
    box[0] = static_cast<double>(random.below(3000));
    box[1] = static_cast<double>(random.below(3000));
    box[2] = box[0] + 1 + static_cast<double>(random.below(1000));
    box[3] = box[1] + 1 + static_cast<double>(random.below(1000));
  };
  Numbers n{};
  anywhere(n.data());
  if (random.below(4) == 0) {
    anywhere(n.data() + 4);
  } else {
    const auto near = [&](double value) { return value + static_cast<double>(random.below(401)) - 200; };
    n[4] = near(n[0]);
    n[5] = near(n[1]);
    n[6] = std::max(n[4] + 1, near(n[2]));
    n[7] = std::max(n[5] + 1, near(n[3]));
  }
  for (double& value : n) value *= scale;
  return n;
}

constexpr std::array<double, 8> kDirection{1, -2, 3, -5, 7, -4, 6, -8};

/// The largest differences from torchvision's values and derivatives on the random pairs, as shares; of values below
/// `least`, as shares of that.
std::pair<double, double> worst_of_random_pairs(torch::Dtype type, double least) {
  const auto expected = lines_of("pairs.txt");
  REQUIRE(expected.size() == 1000);
  ReferenceRandom random(1);
  std::vector<Numbers> pairs;
  for (std::size_t k = 0; k < expected.size(); ++k) pairs.push_back(random_pair(random));
  double worst_value = 0, worst_derivative = 0;
  for (std::size_t f = 0; f < functions().size(); ++f) {
    const auto results = evaluated(functions()[f], pairs, type);
    for (std::size_t k = 0; k < pairs.size(); ++k) {
      const auto& [value, gradient] = results[k];
      double derivative = 0, size = 1e-300;
      for (std::size_t i = 0; i < 8; ++i) {
        derivative += kDirection[i] * gradient[i];
        size += std::abs(kDirection[i] * gradient[i]);
      }
      const double wanted = expected[k][f];
      worst_value = std::max(worst_value, std::abs(value - wanted) / std::max(std::abs(wanted), least));
      worst_derivative = std::max(worst_derivative, std::abs(derivative - expected[k][7 + f]) / size);
    }
  }
  return {worst_value, worst_derivative};
}

struct BoxesWithTies {
  torch::Tensor boxes, scores, classes;
};

BoxesWithTies boxes_with_ties(ReferenceRandom& random, std::int64_t count, std::int64_t cells) {
  std::vector<float> boxes, scores;
  std::vector<std::int64_t> classes;
  for (std::int64_t i = 0; i < count; ++i) {
    const auto x = random.below(cells), y = random.below(cells), right = x + random.below(5),
               bottom = y + random.below(5);
    for (const auto value : {x, y, right, bottom}) boxes.push_back(static_cast<float>(value));
    scores.push_back(static_cast<float>(static_cast<double>(random.below(20)) / 20));
    classes.push_back(random.below(3));
  }
  return {torch::tensor(boxes).view({-1, 4}), torch::tensor(scores), torch::tensor(classes, torch::kLong)};
}

/// As in the reference: the number of indices, and all of them, or the first ten and a hash.
std::vector<double> summary(const torch::Tensor& indices) {
  const auto* const data = indices.data_ptr<std::int64_t>();
  const auto count = static_cast<std::size_t>(indices.numel());
  std::vector<double> out{static_cast<double>(count)};
  std::int64_t hash = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (count <= 60 || i < 10) out.push_back(static_cast<double>(data[i]));
    hash = (hash * 31 + data[i]) % 1000000007;
  }
  if (count > 60) out.push_back(static_cast<double>(hash));
  return out;
}

}  // namespace

TEST_CASE("operations, losses and gradients are torchvision's on 1000 random pairs") {
  const auto [value, derivative] = worst_of_random_pairs(torch::kDouble, 1e-9);
  CHECK(value < 1e-6);
  CHECK(derivative < 1e-6);
}

TEST_CASE("operations, losses and gradients are torchvision's in single precision, up to its rounding") {
  const auto [value, derivative] = worst_of_random_pairs(torch::kFloat, 1e-3);
  CHECK(value < 3e-5);
  CHECK(derivative < 5e-6);
}

TEST_CASE("operations, losses and gradients are torchvision's on hard pairs, and finite where torchvision's are not") {
  const auto lines = lines_of("hard_pairs.txt");
  REQUIRE(lines.size() >= 50);
  std::vector<Numbers> pairs(lines.size());
  for (std::size_t k = 0; k < lines.size(); ++k) std::copy_n(lines[k].begin(), 8, pairs[k].begin());
  for (const auto type : {torch::kDouble, torch::kFloat}) {
    // Where terms cancel, single precision has nothing left of gradients far below 1 / side.
    const double tolerance = type == torch::kDouble ? 1e-6 : 1e-4, floor = type == torch::kDouble ? 1e-9 : 0.01;
    for (std::size_t f = 0; f < functions().size(); ++f) {
      const auto results = evaluated(functions()[f], pairs, type);
      for (std::size_t k = 0; k < pairs.size(); ++k) {
        const auto& [value, gradient] = results[k];
        CAPTURE(pairs[k], f, value, gradient);
        const double expected = lines[k][8 + f];
        CHECK(std::isfinite(value));
        if (std::isfinite(expected)) {
          CHECK(std::abs(value - expected) <= tolerance * std::max(std::abs(expected), 1e-3));
        }
        const auto* const slopes = lines[k].data() + 15 + 8 * f;
        double largest = floor / (pairs[k][2] - pairs[k][0] + 1);
        for (std::size_t i = 0; i < 8; ++i)
          largest = std::isfinite(slopes[i]) ? std::max(largest, std::abs(slopes[i])) : largest;
        for (std::size_t i = 0; i < 8; ++i) {
          CHECK(std::isfinite(gradient[i]));
          if (std::isfinite(slopes[i])) CHECK(std::abs(gradient[i] - slopes[i]) <= tolerance * largest);
        }
      }
    }
  }
}

TEST_CASE("the focal loss and its gradient are torchvision's") {
  const auto lines = lines_of("focal.txt");
  REQUIRE(lines.size() == 6);
  ReferenceRandom random(2);
  const std::vector<std::array<double, 2>> constants{{0.25, 2}, {-1, 2}, {0.75, 0.5}, {0, 1}, {1, 3}, {0.5, 0}};
  for (std::size_t k = 0; k < lines.size(); ++k) {
    std::vector<double> logits, targets;
    for (int i = 0; i < 60; ++i) logits.push_back(static_cast<double>(random.below(1601) - 800) / 32);
    for (int i = 0; i < 60; ++i) targets.push_back(static_cast<double>(std::min<std::int64_t>(random.below(7), 4)) / 4);
    auto input = torch::tensor(logits, torch::kDouble).requires_grad_();
    const auto loss =
        boxfeed::sigmoid_focal_loss(input, torch::tensor(targets, torch::kDouble), constants[k][0], constants[k][1]);
    loss.sum().backward();
    const auto found = torch::cat({loss.detach(), input.grad()});
    CHECK(torch::allclose(found, torch::tensor(lines[k], torch::kDouble), 1e-6, 1e-14));
  }
}

TEST_CASE("nms keeps exactly torchvision's boxes, ties included") {
  const auto expected = lines_of("nms.txt");
  ReferenceRandom random(3);
  std::size_t line = 0;
  for (const auto type : {torch::kFloat, torch::kDouble}) {
    for (const auto& [count, cells] : std::vector<std::pair<std::int64_t, std::int64_t>>{
             {1, 4}, {2, 2}, {12, 4}, {60, 8}, {150, 12}, {300, 30}, {1200, 60}}) {
      for (const double threshold : {0.0, 0.25, 0.5, 1.0 / 3, 0.7, 1.0}) {
        const auto [boxes, scores, classes] = boxes_with_ties(random, count, cells);
        const auto typed = boxes.to(type), marks = scores.to(type);
        REQUIRE(line + 1 < expected.size());
        CAPTURE(count, threshold);
        CHECK(summary(boxfeed::nms(typed, marks, threshold)) == expected[line++]);
        CHECK(summary(boxfeed::batched_nms(typed, marks, classes, threshold)) == expected[line++]);
      }
    }
  }
  CHECK(line == expected.size());
}
