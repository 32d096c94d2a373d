#pragma once

#include <unistd.h>

#include <cstddef>
#include <fstream>
#include <string>

namespace boxfeed::testing {

/// The threads of this process.
inline std::size_t threads_of_process() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    std::size_t count = 0;
    if (word == "Threads:" && status >> count) return count;
  }
  return 0;
}

/// The resident memory of this process in bytes.
inline std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0, resident = 0;
  statm >> total >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace boxfeed::testing
