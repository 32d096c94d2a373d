#include <opencv2/core/utility.hpp>

#include "loader/fake_loader.h"
#include "support/catch.h"

using namespace boxfeed;
using namespace boxfeed::testing;
using Loader = FakeLoader;

TEST_CASE("OpenCV's threads are one while workers run, and as before afterwards") {
  cv::setNumThreads(2);
  {
    Loader loader(numbers(10, 2), core_options(2));
    Loader other(numbers(10, 2), core_options(2));
    const auto iteration = loader.core->begin();
    loader.core->next(iteration);
    CHECK(cv::getNumThreads() == 1);
    other.epoch();
    CHECK(cv::getNumThreads() == 1);
    loader.rest(iteration);
    CHECK(cv::getNumThreads() == 2);
    loader.core->begin();
    CHECK(cv::getNumThreads() == 1);
    loader.core->join();
    CHECK(cv::getNumThreads() == 2);
    loader.core->begin();
    other.core->abandon(other.core->begin());
    CHECK(cv::getNumThreads() == 1);
  }
  CHECK(cv::getNumThreads() == 2);
  Loader inline_loader(numbers(10, 2), core_options(0));
  inline_loader.core->begin();
  CHECK(cv::getNumThreads() == 2);
}

TEST_CASE("OpenCV's threads are left alone where they are one, and where the caller changes them meanwhile") {
  cv::setNumThreads(1);
  Loader loader(numbers(10, 2), core_options(2));
  loader.epoch();
  CHECK(cv::getNumThreads() == 1);
  cv::setNumThreads(2);
  const auto iteration = loader.core->begin();
  cv::setNumThreads(3);
  loader.rest(iteration);
  CHECK(cv::getNumThreads() == 3);
  cv::setNumThreads(-1);
}
