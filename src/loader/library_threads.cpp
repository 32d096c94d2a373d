#include "loader/library_threads.h"

#include <ATen/Parallel.h>
#include <dlfcn.h>

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

void prepare_worker_thread() {
  // LibTorch sets its number of threads in each thread at the first use; afterwards it can be changed for this one
  // alone. `at::set_num_threads` would change it for the process, and the OpenMP library that counts is whichever
  // LibTorch has loaded. What remembers the first use is inlined, and hidden in newer libraries: the program has one of
  // its own, LibTorch another, which its own function reaches.
  at::internal::lazy_init_num_threads();
  static_cast<void>(at::get_num_threads());
  using SetNumThreads = void (*)(int);
  if (const auto set = reinterpret_cast<SetNumThreads>(::dlsym(RTLD_DEFAULT, "omp_set_num_threads"))) set(1);
}

OpenCvThreads::OpenCvThreads() {
  Setting& shared = setting();
  const std::lock_guard<std::mutex> lock(shared.mutex);
  if (shared.holders++ > 0) return;
  shared.before = cv::getNumThreads();
  if (shared.before != 1) cv::setNumThreads(1);
}

OpenCvThreads::~OpenCvThreads() {
  Setting& shared = setting();
  const std::lock_guard<std::mutex> lock(shared.mutex);
  if (--shared.holders > 0 || shared.before == 1 || cv::getNumThreads() != 1) return;
  cv::setNumThreads(shared.before);
}

}  // namespace boxfeed::detail
