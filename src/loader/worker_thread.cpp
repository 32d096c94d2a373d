#include "loader/worker_thread.h"

#include <ATen/Parallel.h>
#include <dlfcn.h>

namespace boxfeed::detail {

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

}  // namespace boxfeed::detail
