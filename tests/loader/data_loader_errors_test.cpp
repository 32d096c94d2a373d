#include <boxfeed/core/error.h>
#include <boxfeed/loader/make_data_loader.h>
#include <torch/torch.h>

#include <new>
#include <string>
#include <vector>

#include "loader/fake_batches.h"
#include "loader/fake_dataset.h"
#include "support/catch.h"
#include "support/error_of.h"

using namespace boxfeed;
using boxfeed::testing::error_of;
using boxfeed::testing::FakeDataset;
using boxfeed::testing::indices_of;
using boxfeed::testing::part;
using Catch::Matchers::ContainsSubstring;
using Options = boxfeed::DataLoaderOptions;

TEST_CASE("an error of a fast dataset keeps its type and text, by any number of workers") {
  for (const std::size_t workers : {0, 1, 3}) {
    auto loader = make_data_loader<samplers::SequentialSampler>(FakeDataset(6,
                                                                            [](std::size_t index) {
                                                                              if (index == 1)
                                                                                throw ImageError(Reason::kTruncated,
                                                                                                 "a.jpg", "cut short");
                                                                              if (index == 4) throw 42;
                                                                              if (index == 5) throw std::bad_alloc();
                                                                            }),
                                                                Options(2).workers(workers));
    auto batch = loader->begin();
    CHECK_THROWS_AS(*batch, ImageError);
    CHECK(indices_of(*batch) == std::vector<std::size_t>{2, 3});
    const Error error = error_of([&] { ++batch; });
    CHECK(error.reason() == Reason::kHook);
    CHECK_THAT(error.what(), ContainsSubstring("example 4"));
    ++batch;
    CHECK(batch == loader->end());
    REQUIRE(loader->errors().size() == 3);
    CHECK(loader->errors()[0].path == "a.jpg");
    CHECK(loader->errors()[2].index == 5U);
  }
}

TEST_CASE("bad examples are skipped or replaced by others of their batch, the same for any number of workers") {
  const FakeDataset dataset(10, [](std::size_t index) {
    if (index == 2 || index == 8 || index == 9) throw Error(Reason::kCorrupt, "bad " + std::to_string(index));
  });
  std::vector<std::vector<std::size_t>> replaced;
  for (const std::size_t workers : {0, 1, 4}) {
    auto options = Options(4).workers(workers).max_errors(0.5);
    auto skipping = make_data_loader<samplers::SequentialSampler>(dataset, options.error_policy(ErrorPolicy::kSkip));
    std::vector<std::vector<std::size_t>> skipped;
    for (auto& batch : *skipping) {
      CHECK(batch.target.size(0) == batch.data.size(0));
      skipped.push_back(indices_of(batch));
    }
    CHECK(skipped == std::vector<std::vector<std::size_t>>{{0, 1, 3}, {4, 5, 6, 7}});
    CHECK(skipping->stats().failed == 3);

    auto replacing = make_data_loader<samplers::SequentialSampler>(
        dataset, options.error_policy(ErrorPolicy::kReplace).max_errors(3));
    std::vector<std::vector<std::size_t>> batches;
    for (auto& batch : *replacing) batches.push_back(indices_of(batch));
    REQUIRE(batches.size() == 2);  // nothing can replace examples 8 and 9
    CHECK(batches[0].size() == 4);
    CHECK((batches[0][2] == 0 || batches[0][2] == 1 || batches[0][2] == 3));
    if (replaced.empty()) replaced = batches;
    CHECK(batches == replaced);
    // Each counts once, though 8 and 9 were tried in each other's place.
    CHECK(replacing->errors().size() == 3);
    CHECK(replacing->stats().failed == 3);
  }
}

TEST_CASE("iterators outlive nothing: of an earlier loop, and of a loader that is gone") {
  auto loader = make_data_loader(FakeDataset(10), Options(2).workers(1).seed(0));
  auto first = loader->begin();
  CHECK(first != loader->end());
  auto second = loader->begin();
  CHECK(error_of([&] { ++first; }).reason() == Reason::kBusy);
  CHECK(indices_of(*second) == part(random_permutation(10, 0, 1), 0, 2));
  loader.reset();
  CHECK(error_of([&] { ++second; }).reason() == Reason::kBusy);
}
