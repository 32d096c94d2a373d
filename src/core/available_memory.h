#pragma once

#include <cstdint>
#include <string>

namespace boxfeed {

/// The bytes that could be taken now without any being swapped out: what the system calls available, and what the
/// control groups of this process leave, whichever is less. What a group holds of files counts as free, since it goes
/// when memory is asked for. `root` is "/" or, in tests, a folder that stands for it; 0 where nothing is known.
std::uint64_t available_memory(const std::string& root = "/");

}  // namespace boxfeed
