#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "support/catch.h"

namespace fuzz {

/// Calls `replay` with the bytes of each saved input of a target, and requires that there are some.
template <typename Replay>
void for_each_saved_input(const std::string& target, std::size_t at_least, const Replay& replay) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(BOXFEED_TEST_DATA "/../fuzz/inputs/" + target)) {
    CAPTURE(entry.path().string());
    std::ifstream file(entry.path(), std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
    replay(std::vector<std::uint8_t>(bytes.begin(), bytes.end()));
    ++count;
  }
  CHECK(count >= at_least);
}

}  // namespace fuzz
