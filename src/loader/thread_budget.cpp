#include "loader/thread_budget.h"

#include <mutex>
#include <opencv2/core/utility.hpp>

namespace boxfeed::detail {
namespace {

struct Setting {
  std::mutex mutex;
  int holders = 0;
  int before = 0;
};

Setting& setting() {
  static Setting the_setting;
  return the_setting;
}

}  // namespace

ThreadBudget::ThreadBudget() {
  Setting& shared = setting();
  const std::lock_guard<std::mutex> lock(shared.mutex);
  if (shared.holders++ > 0) return;
  shared.before = cv::getNumThreads();
  if (shared.before != 1) cv::setNumThreads(1);
}

ThreadBudget::~ThreadBudget() {
  Setting& shared = setting();
  const std::lock_guard<std::mutex> lock(shared.mutex);
  if (--shared.holders > 0 || shared.before == 1 || cv::getNumThreads() != 1) return;
  cv::setNumThreads(shared.before);
}

}  // namespace boxfeed::detail
