// What the workers do to the threads of OpenCV, which are a setting of the whole process.
#include <boxfeed/loader/make_data_loader.h>
#include <torch/types.h>

#include <opencv2/core/utility.hpp>
#include <utility>

#include "loader/fake_dataset.h"
#include "support/catch.h"

using namespace boxfeed;
using boxfeed::testing::FakeDataset;

namespace {

auto make(std::size_t workers) { return make_data_loader(FakeDataset(10), DataLoaderOptions(2).workers(workers)); }

template <typename Iterator, typename Loader>
void go_to_end(Iterator iterator, Loader& loader) {
  while (iterator != loader.end()) ++iterator;
}

}  // namespace

TEST_CASE("OpenCV's threads are one while workers run, and as before afterwards") {
  cv::setNumThreads(2);
  {
    auto loader = make(2), other = make(2);
    const auto iterator = loader->begin();
    CHECK(cv::getNumThreads() == 1);
    go_to_end(other->begin(), *other);
    CHECK(cv::getNumThreads() == 1);
    go_to_end(iterator, *loader);
    CHECK(cv::getNumThreads() == 2);
    const auto next = loader->begin();
    CHECK(cv::getNumThreads() == 1);
    loader->join();
    CHECK(cv::getNumThreads() == 2);
    const auto left = loader->begin();
    static_cast<void>(other->begin());  // and left at once
    CHECK(cv::getNumThreads() == 1);
  }
  CHECK(cv::getNumThreads() == 2);
  auto inline_loader = make(0);
  const auto iterator = inline_loader->begin();
  CHECK(cv::getNumThreads() == 2);
}

TEST_CASE("OpenCV's threads are left alone where they are one, and where the caller changes them meanwhile") {
  cv::setNumThreads(1);
  auto loader = make(2);
  go_to_end(loader->begin(), *loader);
  CHECK(cv::getNumThreads() == 1);
  cv::setNumThreads(2);
  const auto iterator = loader->begin();
  cv::setNumThreads(3);
  go_to_end(iterator, *loader);
  CHECK(cv::getNumThreads() == 3);
  cv::setNumThreads(-1);
}
