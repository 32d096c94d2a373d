// The saved inputs of the fuzz target, each with all of its options.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "support/catch.h"

void boxfeed_fuzz_image(const std::uint8_t* data, std::size_t size);

TEST_CASE("saved images") {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(BOXFEED_TEST_DATA "/../fuzz/inputs/image")) {
    CAPTURE(entry.path().string());
    std::ifstream file(entry.path(), std::ios::binary);
    std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
    // Bytes behind an image change nothing but its size, of which the fuzz target makes the options.
    for (int more = 0; more < 32; ++more) {
      CHECK_NOTHROW(boxfeed_fuzz_image(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()));
      bytes.push_back(0);
    }
    ++count;
  }
  CHECK(count >= 20);
}
