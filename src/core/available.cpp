#include <boxfeed/core/available_cpus.h>
#include <sched.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <optional>
#include <sstream>
#include <thread>

#include "core/available_memory.h"

namespace boxfeed {
namespace {

/// Calls `visit(folder, version)` for each control group with this controller that the process is in, and for all
/// groups that it lies in. `root` is "/" or, in tests, a folder that stands for it.
template <typename Visit>
void for_each_control_group(const std::string& root, const std::string& controller, const Visit& visit) {
  const auto upwards = [&](const std::string& mount, std::string group, int version) {
    for (;;) {
      visit(mount + group, version);
      const auto slash = group.rfind('/');
      if (group.empty() || slash == std::string::npos) return;
      group.erase(slash);
    }
  };
  std::ifstream groups(root + "/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    const std::string group = line.substr(second + 1) == "/" ? "" : line.substr(second + 1);
    if (controllers == ",,") {
      upwards(root + "/sys/fs/cgroup", group, 2);
    } else if (controllers.find("," + controller + ",") != std::string::npos) {
      upwards(root + "/sys/fs/cgroup/" + controller, group, 1);
    }
  }
}

/// The CPUs of a group, from its quota and period in microseconds: "200000 100000" or, without a limit, "max 100000".
std::size_t cpu_limit(const std::string& folder, int version) {
  std::stringstream text;
  if (version == 2) {
    text << std::ifstream(folder + "/cpu.max").rdbuf();
  } else {
    text << std::ifstream(folder + "/cpu.cfs_quota_us").rdbuf() << ' '
         << std::ifstream(folder + "/cpu.cfs_period_us").rdbuf();
  }
  double quota = 0, period = 0;
  if (!(text >> quota >> period) || quota <= 0 || period <= 0) return 0;
  return static_cast<std::size_t>(std::ceil(quota / period));
}

std::size_t smaller_limit(std::size_t a, std::size_t b) { return a == 0 ? b : b == 0 ? a : std::min(a, b); }

/// The number in a file that holds one; none for "max" and for a file that is not there.
std::optional<std::uint64_t> number_in(const std::string& path) {
  std::ifstream file(path);
  std::uint64_t number = 0;
  if (!(file >> number)) return std::nullopt;
  return number;
}

/// The number behind a word in a file of words and numbers.
std::optional<std::uint64_t> number_behind(const std::string& path, const std::string& word) {
  std::ifstream file(path);
  for (std::string found; file >> found;) {
    std::uint64_t number = 0;
    if (found == word && file >> number) return number;
  }
  return std::nullopt;
}

}  // namespace

std::size_t control_group_cpus(const std::string& root) {
  std::size_t limit = 0;
  for_each_control_group(root, "cpu", [&](const std::string& folder, int version) {
    limit = smaller_limit(limit, cpu_limit(folder, version));
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

std::uint64_t available_memory(const std::string& root) {
  constexpr auto kNoLimit = std::numeric_limits<std::uint64_t>::max();
  const auto system = number_behind(root + "/proc/meminfo", "MemAvailable:");  // in KiB
  std::uint64_t free = system ? *system * 1024 : kNoLimit;
  for_each_control_group(root, "memory", [&](const std::string& folder, int version) {
    const bool second = version == 2;
    const auto limit = number_in(folder + (second ? "/memory.max" : "/memory.limit_in_bytes"));
    const auto used = number_in(folder + (second ? "/memory.current" : "/memory.usage_in_bytes"));
    if (!limit || !used) return;
    const auto files = number_behind(folder + "/memory.stat", second ? "inactive_file" : "total_inactive_file");
    const std::uint64_t held = *used - std::min(*used, files.value_or(0));
    free = std::min(free, *limit - std::min(*limit, held));
  });
  return free == kNoLimit ? 0 : free;
}

}  // namespace boxfeed
