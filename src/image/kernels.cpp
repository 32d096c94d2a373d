#include "image/kernels.h"

namespace boxfeed {
namespace {

bool runs_avx2() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
#else
  return false;
#endif
}

}  // namespace

const Kernels& kernels() noexcept {
#if defined(__x86_64__)
  static const Kernels& best = runs_avx2() ? kAvx2Kernels : kBaselineKernels;
  return best;
#else
  return kBaselineKernels;
#endif
}

std::vector<const Kernels*> runnable_kernels() {
  std::vector<const Kernels*> all{&kBaselineKernels};
  if (runs_avx2()) all.push_back(&kernels());
  return all;
}

}  // namespace boxfeed
