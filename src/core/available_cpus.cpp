#include <boxfeed/core/available_cpus.h>
#include <sched.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>
#include <thread>

#include "core/control_group.h"

namespace boxfeed {
namespace {

/// Quota and period in microseconds, as "200000 100000" or, without a limit, "max 100000".
std::size_t limit_of(std::istream& text) {
  double quota = 0;
  double period = 0;
  if (!(text >> quota >> period) || quota <= 0 || period <= 0) return 0;
  return static_cast<std::size_t>(std::ceil(quota / period));
}

std::size_t smaller_limit(std::size_t a, std::size_t b) { return a == 0 ? b : b == 0 ? a : std::min(a, b); }

std::size_t version_2_limit(const std::string& folder) {
  std::ifstream file(folder + "/cpu.max");
  return limit_of(file);
}

std::size_t version_1_limit(const std::string& folder) {
  std::ifstream quota(folder + "/cpu.cfs_quota_us");
  std::ifstream period(folder + "/cpu.cfs_period_us");
  std::stringstream both;
  both << quota.rdbuf() << ' ' << period.rdbuf();
  return limit_of(both);
}

}  // namespace

std::size_t control_group_cpus(const std::string& root) {
  std::size_t limit = 0;
  for_each_control_group(root, "cpu", [&](const std::string& folder, int version) {
    limit = smaller_limit(limit, version == 2 ? version_2_limit(folder) : version_1_limit(folder));
  });
  return limit;
}

std::size_t available_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  const std::size_t affinity = ::sched_getaffinity(0, sizeof set, &set) == 0 ? static_cast<std::size_t>(CPU_COUNT(&set))
                                                                             : std::thread::hardware_concurrency();
  return std::max<std::size_t>(1, smaller_limit(affinity, control_group_cpus("/")));
}

}  // namespace boxfeed
