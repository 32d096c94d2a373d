#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/annotations/csv.h>
#include <boxfeed/data/weighted_samplers.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <stdexcept>
#include <utility>

#include "data/sampler_counts.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

using namespace boxfeed::testing;
using namespace boxfeed::samplers;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("with replacement each index is drawn as often as its weight says, and never with a weight of 0") {
  const std::vector<double> weights{0, 1, 2, 0, 4, 3, 0};
  const WeightedRandomSampler sampler(weights, 50, true, 11);
  const auto count = counts(sampler, weights.size(), 400);
  for (std::size_t i = 0; i < weights.size(); ++i) CHECK(is_likely(count[i], 50 * 400, weights[i] / 10));
}

TEST_CASE("with replacement the draws are independent") {
  const WeightedRandomSampler sampler({1, 1, 2}, 2, true, 5);
  std::map<std::pair<std::size_t, std::size_t>, double> pairs;
  for (std::uint64_t epoch = 0; epoch < 8000; ++epoch) {
    const auto order = sampler.order(epoch);
    ++pairs[{order[0], order[1]}];
  }
  const std::vector<double> probability{0.25, 0.25, 0.5};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) CHECK(is_likely(pairs[{i, j}], 8000, probability[i] * probability[j]));
  }
}

TEST_CASE("without replacement the next index is drawn from those that are left") {
  const std::vector<double> weights{1, 0, 2, 5};
  const WeightedRandomSampler sampler(weights, 2, false, 3);
  std::map<std::pair<std::size_t, std::size_t>, double> pairs;
  for (std::uint64_t epoch = 0; epoch < 8000; ++epoch) {
    const auto order = sampler.order(epoch);
    CHECK(order[0] != order[1]);
    ++pairs[{order[0], order[1]}];
  }
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = 0; j < 4; ++j) {
      const double probability = i == j ? 0 : weights[i] / 8 * weights[j] / (8 - weights[i]);
      CHECK(is_likely(pairs[{i, j}], 8000, probability));
    }
  }
  const auto all = WeightedRandomSampler(weights, 3, false).order(0);
  CHECK(std::set<std::size_t>(all.begin(), all.end()) == std::set<std::size_t>{0, 2, 3});
}

TEST_CASE("a weighted sampler is seeded and saved as the others are, and its name tells its weights") {
  check_seeded(WeightedRandomSampler({1, 2, 3, 4, 5, 6, 7, 8, 9}, 8, false, 2), 3);
  check_seeded(WeightedRandomSampler({1, 2, 3, 4, 5, 6, 7, 8, 9}, 20, true, 2), 3);
  const auto name = [](std::vector<double> weights, std::size_t n, bool replacement) {
    return WeightedRandomSampler(std::move(weights), n, replacement).name();
  };
  CHECK_THAT(name({1, 2}, 2, true), ContainsSubstring("WeightedRandomSampler(2 "));
  CHECK(name({1, 2}, 2, true) == name({1, 2}, 2, true));
  CHECK(name({1, 2}, 2, true) != name({1, 3}, 2, true));
  CHECK(name({1, 2}, 2, true) != name({1, 2}, 1, true));
  CHECK(name({1, 2}, 2, true) != name({1, 2}, 2, false));
}

TEST_CASE("weights that mean nothing are refused") {
  CHECK_THROWS_WITH(WeightedRandomSampler({1, -2}, 1),
                    ContainsSubstring("weights: expected finite numbers of 0 or more, got -2"));
  CHECK_THROWS_WITH(WeightedRandomSampler({1, 1, std::numeric_limits<double>::quiet_NaN()}, 1),
                    ContainsSubstring("at 2"));
  CHECK_THROWS_AS(WeightedRandomSampler({0, 0}, 1), std::invalid_argument);
  CHECK_THROWS_AS(WeightedRandomSampler({}, 1), std::invalid_argument);
  CHECK_THROWS_AS(WeightedRandomSampler({1e308, 1e308}, 1), std::invalid_argument);
  CHECK_THROWS_WITH(WeightedRandomSampler({1, 0, 1}, 3, false), ContainsSubstring("weights above 0 (2), got 3"));
  CHECK(WeightedRandomSampler({}, 0).order(0).empty());
  WeightedRandomSampler sampler({1, 1}, 1);
  CHECK_THROWS_WITH(sampler.reset(5), ContainsSubstring("expected the examples that it was made for, got 5"));
}

TEST_CASE("each index comes as often as its factor says on average, and never one time more or less than that") {
  const std::vector<double> factors{1, 1, 2.25, 0.5, 1, 3.25, 0, 1};  // together 10
  const RepeatFactorSampler sampler(factors, 4);
  CHECK(sampler.size() == 10);
  constexpr std::uint64_t kEpochs = 4000;
  std::vector<double> sum(factors.size(), 0);
  for (std::uint64_t epoch = 0; epoch < kEpochs; ++epoch) {
    const auto count = [&, order = sampler.order(epoch)](std::size_t i) {
      return static_cast<double>(std::count(order.begin(), order.end(), i));
    };
    for (std::size_t i = 0; i < factors.size(); ++i) {
      CHECK(std::abs(count(i) - factors[i]) < 1);
      sum[i] += count(i);
    }
  }
  for (std::size_t i = 0; i < factors.size(); ++i) {
    const double above = factors[i] - std::floor(factors[i]);
    CHECK(is_likely(sum[i] - kEpochs * std::floor(factors[i]), kEpochs, above));
  }
}

TEST_CASE("repeats are spread over the epoch, the first place is anybody's") {
  const RepeatFactorSampler sampler({5, 1, 1, 1}, 9);
  std::vector<double> first(4, 0);
  for (std::uint64_t epoch = 0; epoch < 4000; ++epoch) ++first[sampler.order(epoch).front()];
  CHECK(is_likely(first[0], 4000, 5.0 / 8));
  for (std::size_t i = 1; i < 4; ++i) CHECK(is_likely(first[i], 4000, 1.0 / 8));
}

TEST_CASE("factors whose sum is no whole number are scaled, so that all epochs have one length") {
  const RepeatFactorSampler sampler({1.3, 1.1, 1}, 1);  // 3.4 becomes 3
  CHECK(sampler.size() == 3);
  const auto count = counts(sampler, 3, 3400);
  CHECK(count[0] + count[1] + count[2] == 3 * 3400);
  CHECK(is_likely(count[0] - 3400, 3400, 1.3 * 3 / 3.4 - 1));
  for (std::uint64_t epoch = 0; epoch < 2000; ++epoch) {
    CHECK(RepeatFactorSampler({0.1, 0.2, 0.3}, epoch).order(epoch).size() == 1);
  }
}

TEST_CASE("a repeat factor sampler is seeded and saved as the others are, and its name tells its factors") {
  check_seeded(RepeatFactorSampler({1, 2, 1.5, 2.5, 1, 1}, 8), 4);
  CHECK_THAT(RepeatFactorSampler({1, 2}).name(), ContainsSubstring("RepeatFactorSampler(2 "));
  CHECK(RepeatFactorSampler({1, 2}).name() != RepeatFactorSampler({2, 1}).name());
}

TEST_CASE("factors that mean nothing are refused") {
  CHECK_THROWS_WITH(RepeatFactorSampler({1, std::numeric_limits<double>::infinity()}), ContainsSubstring("factors"));
  CHECK_THROWS_AS(RepeatFactorSampler({1, -1}), std::invalid_argument);
  CHECK_THROWS_AS(RepeatFactorSampler({0, 0.25}), std::invalid_argument);
  CHECK_THROWS_AS(RepeatFactorSampler({}), std::invalid_argument);
}

TEST_CASE("the classes of a table's images, with one for each object") {
  const TemporaryFolder folder;
  const auto csv = folder.write("labels.csv",
                                "image,class,xmin,ymin,xmax,ymax\na.png,cat,0,0,1,1\nb.png,dog,0,0,1,1\n"
                                "a.png,dog,0,0,1,1\na.png,cat,0,0,1,1\nc.png,,,,,\n");
  const auto table = boxfeed::group_by_image(
      boxfeed::read_csv(csv, boxfeed::CsvOptions().background(true).class_names({"cat", "dog"})));
  CHECK(classes_of(table) == std::vector<std::vector<std::int64_t>>{{0, 1, 0}, {1}, {}});
}

TEST_CASE("balanced weights: each class is drawn as often as every other") {
  // Class 5 on three images, 7 on one, 9 on two, and one image of none; two images have two classes.
  const std::vector<std::vector<std::int64_t>> classes{{5, 5}, {5, 9}, {5}, {7, 9}, {}};
  const auto weights = class_balanced_weights(classes);
  CHECK(weights[0] == Approx(1.0 / 4 / 3));
  CHECK(weights[1] == Approx(1.0 / 4 / 3 + 1.0 / 4 / 2));
  CHECK(weights[2] == Approx(1.0 / 4 / 3));
  CHECK(weights[3] == Approx(1.0 / 4 + 1.0 / 4 / 2));
  CHECK(weights[4] == Approx(1.0 / 4));
  // Of images of one class each: a quarter of the draws a class, however many images it has.
  std::vector<std::vector<std::int64_t>> single(100, {0});
  single[17] = {1};
  single[18] = single[19] = {2};
  single[99] = {};
  const auto count = counts(WeightedRandomSampler(class_balanced_weights(single), 100, true, 1), 100, 100);
  double others = 0;
  for (std::size_t i = 0; i < 100; ++i) others += single[i] == std::vector<std::int64_t>{0} ? count[i] : 0;
  CHECK(is_likely(count[17], 10000, 0.25));
  CHECK(is_likely(count[18] + count[19], 10000, 0.25));
  CHECK(is_likely(count[99], 10000, 0.25));
  CHECK(is_likely(others, 10000, 0.25));
  CHECK(class_balanced_weights({}).empty());
}

TEST_CASE("repeat factors as in the paper: the square root of threshold over share, of an image's rarest class") {
  // Of ten images nine have class 0, one has class 1 as well, one has nothing.
  std::vector<std::vector<std::int64_t>> classes(10, {0, 0});
  classes[3] = {0, 1};
  classes[9] = {};
  const auto factors = repeat_factors(classes, 0.4);
  for (std::size_t i = 0; i < 10; ++i) CHECK(factors[i] == Approx(i == 3 ? std::sqrt(0.4 / 0.1) : 1));
  const auto all = repeat_factors(classes, 3.6);
  CHECK(all[0] == Approx(std::sqrt(3.6 / 0.9)));
  CHECK(all[3] == Approx(6));
  CHECK(all[9] == 1);
  CHECK(repeat_factors(classes) == std::vector<double>(10, 1));
  CHECK_THROWS_AS(repeat_factors(classes, -1), std::invalid_argument);
}
