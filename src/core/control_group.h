#pragma once

#include <fstream>
#include <string>

namespace boxfeed {

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

}  // namespace boxfeed
