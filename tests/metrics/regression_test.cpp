#include <boxfeed/core/error.h>
#include <boxfeed/metrics/regression.h>
#include <torch/types.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "metrics/parts.h"
#include "ops/reference_random.h"
#include "support/catch.h"

using boxfeed::MeanAbsoluteError;
using boxfeed::R2Score;

namespace {

/// Numbers as torchmetrics_reference.py draws them.
torch::Tensor drawn(boxfeed::testing::ReferenceRandom& random, std::int64_t rows, std::int64_t outputs,
                    std::int64_t count, double shift) {
  auto values = torch::empty({rows, outputs}, torch::kDouble);
  for (std::int64_t i = 0; i < rows * outputs; ++i) {
    values.data_ptr<double>()[i] = static_cast<double>(random.below(count)) / 8 - shift;
  }
  return values;
}

/// Long numbers with a large mean, in batches, whose sums round at every step.
std::vector<std::pair<torch::Tensor, torch::Tensor>> batches(std::int64_t outputs) {
  torch::manual_seed(8);
  std::vector<std::pair<torch::Tensor, torch::Tensor>> out;
  for (int i = 0; i < 40; ++i) {
    const auto target = 1e5 + torch::randn({25, outputs}, torch::kDouble);
    out.emplace_back(target + 0.3 * torch::randn({25, outputs}, torch::kDouble), target);
  }
  return out;
}

}  // namespace

TEST_CASE("mean absolute errors and R2 are torchmetrics'") {
  std::ifstream file(BOXFEED_TEST_DATA "/torchmetrics.txt");
  boxfeed::testing::ReferenceRandom random(4);
  int cases = 0;
  for (const auto& [rows, outputs] :
       std::vector<std::pair<std::int64_t, std::int64_t>>{{2, 1}, {5, 3}, {100, 2}, {400, 1}}) {
    std::string line;
    REQUIRE(std::getline(file, line));
    std::istringstream numbers(line);
    const auto target = drawn(random, rows, outputs, 2001, 100), preds = target + drawn(random, rows, outputs, 401, 25);
    MeanAbsoluteError errors;
    R2Score scores;
    errors.update(preds, target);
    scores.update(outputs == 1 ? preds.squeeze(1) : preds, outputs == 1 ? target.squeeze(1) : target);
    auto found = errors.per_output();
    for (const double score : scores.per_output()) found.push_back(score);
    found.push_back(scores.compute());
    for (const double value : found) {
      double expected = 0;
      numbers >> expected;
      CHECK(std::abs(value - expected) < 1e-9);
    }
    ++cases;
  }
  CHECK(cases == 4);
}

TEST_CASE("mean absolute error by hand, of all outputs and of each") {
  MeanAbsoluteError metric;
  metric.update(torch::tensor({{1., 2.}, {3., 4.}}), torch::tensor({{1., 4.}, {6., 4.}}));
  metric.update(torch::tensor({{0., 0.}}), torch::tensor({{-3., 7.}}));
  CHECK(metric.per_output() == std::vector<double>{2, 3});
  CHECK(metric.compute() == 2.5);
}

TEST_CASE("R2 by hand") {
  R2Score metric;
  metric.update(torch::tensor({1., 2.}), torch::tensor({1., 3.}));
  metric.update(torch::tensor({5.F}), torch::tensor({5.F}));
  CHECK(metric.compute() == Approx(1 - 1. / 8));
  // Of a target that does not vary: all or nothing.
  R2Score exact, wrong;
  const auto constant = torch::full({1000}, 0.1, torch::kDouble);
  exact.update(constant, constant);
  CHECK(exact.compute() == 1);
  wrong.update(constant + 1e-3, constant);
  CHECK(wrong.compute() == 0);
}

TEST_CASE("R2 keeps its digits where the mean is large against the variation") {
  R2Score far, near;
  torch::manual_seed(5);
  // Multiples of 1/1024, which a shift of 2^30 does not round.
  const auto target = torch::randint(0, 1000, {500}, torch::kDouble) / 1024;
  const auto preds = target + torch::randint(-100, 100, {500}, torch::kDouble) / 1024;
  near.update(preds, target);
  far.update(preds + 1073741824., target + 1073741824.);
  CHECK(std::abs(far.compute() - near.compute()) < 1e-12);
}

TEST_CASE("merged states of parts give the errors and scores of the whole") {
  for (const std::int64_t outputs : {1, 3}) {
    const auto all = batches(outputs);
    const auto same = [](const auto& whole, const auto& merged) {
      const auto expected = whole.per_output(), found = merged.per_output();
      REQUIRE(found.size() == expected.size());
      for (std::size_t k = 0; k < found.size(); ++k)
        CHECK(std::abs(found[k] - expected[k]) <= 1e-12 * std::abs(expected[k]));
      CHECK(std::abs(merged.compute() - whole.compute()) <= 1e-12);
    };
    const auto update = [&](auto& metric, std::size_t i) { metric.update(all[i].first, all[i].second); };
    boxfeed::testing::check_parts(
        all.size(), [] { return MeanAbsoluteError(); }, update, same);
    boxfeed::testing::check_parts(
        all.size(), [] { return R2Score(); }, update, same);
    // More parts than pieces: some are empty.
    boxfeed::testing::check_parts(
        2, [] { return MeanAbsoluteError(); }, update, same);
    boxfeed::testing::check_parts(
        2, [] { return R2Score(); }, update, same);
  }
}

TEST_CASE("of no numbers there is no mean") {
  CHECK(std::isnan(MeanAbsoluteError().compute()));
  CHECK(std::isnan(R2Score().compute()));
  R2Score metric;
  metric.update(torch::empty({0, 2}), torch::empty({0, 2}));
  CHECK(std::isnan(metric.compute()));
  CHECK(metric.per_output().size() == 2);
}

TEST_CASE("numbers of other shapes and values that are not finite are refused, and change nothing") {
  MeanAbsoluteError errors;
  R2Score scores;
  errors.update(torch::ones({2, 3}), torch::ones({2, 3}));
  scores.update(torch::ones({2, 3}), torch::ones({2, 3}));
  const std::string errors_before = errors.state(), scores_before = scores.state();
  CHECK_THROWS_WITH(errors.update(torch::ones(2), torch::ones(3)),
                    "expected preds and target of equal shape, got [2] and [3]");
  CHECK_THROWS_WITH(errors.update(torch::ones({2, 3, 1}), torch::ones({2, 3, 1})),
                    "expected preds of shape (N) or (N, D), got [2, 3, 1]");
  CHECK_THROWS_WITH(scores.update(torch::ones({2, 2}), torch::ones({2, 2})), "expected 3 outputs as before, got 2");
  auto preds = torch::ones({2, 3});
  preds[1][0] = std::numeric_limits<float>::infinity();
  CHECK_THROWS_WITH(scores.update(preds, torch::ones({2, 3})), "preds: expected finite numbers, got inf in row 1");
  CHECK_THROWS_WITH(errors.update(torch::ones({2, 3}), preds), "target: expected finite numbers, got inf in row 1");
  MeanAbsoluteError other;
  other.update(torch::ones({2, 2}), torch::ones({2, 2}));
  CHECK_THROWS_WITH(errors.merge(other), "MeanAbsoluteError: expected to merge with one of 3 outputs, got 2");
  R2Score wide;
  wide.update(torch::ones({2, 4}), torch::ones({2, 4}));
  CHECK_THROWS_AS(scores.merge(wide), std::invalid_argument);
  CHECK(errors.state() == errors_before);
  CHECK(scores.state() == scores_before);
}

TEST_CASE("a state that cannot be is refused, and changes nothing") {
  R2Score metric;
  metric.update(torch::tensor({1., 2.}), torch::tensor({1., 3.}));
  const std::string state = metric.state();
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"\"count\":2", "\"count\":-2"},
           {"\"count\":2", "\"count\":2.5"},
           {"\"count\":2", "\"number\":2"},
           {"\"targets\":[[4.0,0.0]]", "\"targets\":[[4.0,0.0],[4.0,0.0]]"},
           {"\"residuals\":[[1.0,0.0]]", "\"residuals\":[]"},
           {"\"targets\":[[4.0,0.0]]", "\"targets\":[[4.0]]"},
           {"\"targets\":[[4.0,0.0]]", "\"targets\":[4.0]"},
           {"\"targets\":[[4.0,0.0]]", "\"targets\":4"},
           {"\"targets\":[[4.0,0.0]]", "\"targets\":[[4.0,null]]"},
           {"\"targets\":[[4.0,0.0]]", R"("targets":[["a",0.0]])"}}) {
    auto text = state;
    CAPTURE(state, from);
    REQUIRE(text.find(from) != std::string::npos);
    text.replace(text.find(from), from.size(), to);
    CHECK_THROWS_AS(metric.load_state(text), boxfeed::Error);
    CHECK(metric.state() == state);
  }
  CHECK_THROWS_WITH(metric.load_state("{}"), "saved state of R2Score: expected \"metric\", found none");
  CHECK_THROWS_WITH(metric.load_state("no"), "saved state of R2Score: expected a JSON object, found \"no\"");
  CHECK_THROWS_WITH(MeanAbsoluteError().load_state(state),
                    "saved state of MeanAbsoluteError: it is one of \"\\\"R2Score\\\"\"");
}
