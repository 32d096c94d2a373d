#include "core/available_memory.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <optional>

#include "core/control_group.h"

namespace boxfeed {
namespace {

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
