#include <boxfeed/loader/detail/job.h>

#include <algorithm>

namespace boxfeed::detail {

std::vector<PlaceError> Job::errors() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::vector<PlaceError> sorted = errors_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const PlaceError& a, const PlaceError& b) { return a.place < b.place; });
  return sorted;
}

}  // namespace boxfeed::detail
