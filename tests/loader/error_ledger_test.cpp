#include "loader/error_ledger.h"

#include <boxfeed/core/random.h>

#include <atomic>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>

#include "loader/fake_loader.h"
#include "support/catch.h"

using namespace boxfeed;
using namespace boxfeed::testing;
using Catch::Matchers::ContainsSubstring;
using Loader = FakeLoader;

TEST_CASE("an error comes at its batch's place, each batch once, and the others come complete") {
  for (const std::size_t workers : {0, 1, 3}) {
    auto config = numbers(12, 3);
    const auto order = random_permutation(12, 0, 0);
    // The first, one in the middle and the last.
    config.work = [&](std::size_t index) {
      if (index == order[0] || index == order[7]) throw ImageError(Reason::kCorrupt, "bad.jpg", std::to_string(index));
      if (index == order[11]) throw 42;
    };
    Loader loader(config, full_options(workers));
    const auto iteration = loader.core->begin();
    try {
      loader.core->next(iteration);
      FAIL("nothing was thrown");
    } catch (const ImageError& error) {
      CHECK(error.what() == "image \"bad.jpg\": " + std::to_string(order[0]));
    }
    CHECK(Loader::values(loader.core->next(iteration)) == expected_batch(config, 0, 1));
    CHECK_THROWS_AS(loader.core->next(iteration), ImageError);
    CHECK_THROWS_AS(loader.core->next(iteration), int);
    CHECK(loader.core->next(iteration) == nullptr);

    REQUIRE(loader.core->errors().size() == 3);
    CHECK(loader.core->errors()[0].index == order[0]);
    CHECK(loader.core->errors()[0].reason == Reason::kCorrupt);
    CHECK(loader.core->errors()[0].path == "bad.jpg");
    CHECK(loader.core->errors()[1].index == order[7]);
    CHECK(loader.core->errors()[2].message == "an exception that is not a std::exception");
    CHECK(loader.core->stats().failed == 3);
  }
}

TEST_CASE("every example bad: each batch throws, and the epoch ends") {
  auto config = numbers(10, 3);
  config.work = [](std::size_t) { throw std::bad_alloc(); };
  Loader loader(config, full_options(2));
  const auto iteration = loader.core->begin();
  for (int i = 0; i < 4; ++i) CHECK_THROWS_AS(loader.core->next(iteration), std::bad_alloc);
  CHECK(loader.core->next(iteration) == nullptr);
  CHECK(loader.core->stats().examples == 0);
}

TEST_CASE("skipping shortens the batch within a budget, and leaves an empty one out") {
  auto config = numbers(9, 3);
  const auto order = random_permutation(9, 0, 0);
  config.work = [&](std::size_t index) {
    if (index == order[1] || index == order[3] || index == order[4] || index == order[5]) {
      throw Error(Reason::kNotFound, "file " + std::to_string(index) + " is missing", std::to_string(index) + ".jpg");
    }
  };
  auto options = full_options(2);
  options.error_policy = ErrorPolicy::kSkip;
  SECTION("within the budget") {
    options.max_errors = 4;
    Loader loader(config, options);
    CHECK(loader.epoch() ==
          Batches{{long(order[0]), long(order[2])}, {long(order[6]), long(order[7]), long(order[8])}});
    CHECK(loader.core->errors().size() == 4);
    CHECK(loader.core->stats().batches == 2);
    CHECK(loader.core->stats().examples == 5);
    CHECK(loader.core->stats().failed == 4);
  }
  SECTION("a share") {
    options.max_errors = 0.45;  // 4 of 9
    Loader loader(config, options);
    CHECK(loader.epoch().size() == 2);
  }
  SECTION("beyond it, in the epoch that it happens in") {
    options.max_errors = 3;
    Loader loader(config, options);
    const auto iteration = loader.core->begin();
    CHECK(loader.core->next(iteration) != nullptr);
    const Error error = error_of([&] { loader.core->next(iteration); });
    CHECK(error.reason() == Reason::kErrorBudget);
    CHECK_THAT(error.what(), ContainsSubstring("4 examples of epoch 0 could not be loaded, allowed are 3"));
    CHECK_THAT(error.what(), ContainsSubstring("4 not_found"));
    CHECK_THAT(error.what(), ContainsSubstring("file " + std::to_string(order[1]) + " is missing"));
    CHECK_THROWS_AS(loader.core->next(iteration), Error);  // that iteration has ended
    CHECK(loader.core->begin() > iteration);
  }
  SECTION("no error is allowed unless it is said") {
    Loader loader(config, options);
    const auto iteration = loader.core->begin();
    CHECK(error_of([&] { loader.core->next(iteration); }).reason() == Reason::kErrorBudget);
  }
}

TEST_CASE("the message of a spent budget shows twenty cases") {
  auto config = numbers(50, 50);
  config.work = [](std::size_t index) {
    if (index % 2 == 0) throw std::runtime_error("case");
    throw Error(Reason::kCorrupt, "case");
  };
  auto options = full_options(1);
  options.error_policy = ErrorPolicy::kSkip;
  options.max_errors = 0.5;
  Loader loader(config, options);
  const auto iteration = loader.core->begin();
  const std::string text = error_of([&] { loader.core->next(iteration); }).what();
  std::size_t shown = 0;
  for (std::size_t at = 0; (at = text.find("\n  case", at)) != std::string::npos; ++at) ++shown;
  CHECK(shown == 20);
  CHECK_THAT(text, ContainsSubstring("allowed are 25 (max_errors: 50 %): 25 corrupt, 25 other"));
}

TEST_CASE("the message of a spent budget shows the cases of its epoch alone") {
  auto config = numbers(4, 4);
  std::atomic<int> epoch{0};
  config.work = [&](std::size_t index) {
    if (index < 2 || epoch == 1) throw std::runtime_error("epoch " + std::to_string(epoch));
  };
  auto options = full_options(1);
  options.prefetch_next_epoch = false;
  options.error_policy = ErrorPolicy::kSkip;
  options.max_errors = 2;
  Loader loader(config, options);
  CHECK(loader.epoch().size() == 1);
  epoch = 1;
  const auto iteration = loader.core->begin();
  const std::string text = error_of([&] { loader.core->next(iteration); }).what();
  CHECK_THAT(text, ContainsSubstring("4 examples of epoch 1") && ContainsSubstring("4 other"));
  CHECK(text.find("epoch 0") == std::string::npos);
}

TEST_CASE("one example is an example, and two are examples") {
  detail::ErrorLedger ledger;
  ledger.begin_epoch(3, 0);
  for (const std::string expected : {"1 example of epoch 3 could", "2 examples of epoch 3 could"}) {
    ledger.note({0, 0, std::make_exception_ptr(std::runtime_error("bad"))});
    const std::string text = error_of([&] { ledger.check({}, 10); }).what();
    CHECK(text.substr(0, expected.size()) == expected);
  }
}

TEST_CASE("ten thousand errors are listed, and all are counted") {
  detail::ErrorLedger ledger;
  ledger.begin_epoch(0, 0);
  const auto error = std::make_exception_ptr(std::runtime_error("bad"));
  for (std::size_t i = 0; i < 10001; ++i) ledger.note({i, i, error});
  CHECK(ledger.errors().size() == 10000);
  CHECK(ledger.failed() == 10001);
}
