// The saved inputs of the fuzz target, each with all of its options.
#include "fuzz/saved_inputs.h"

void boxfeed_fuzz_image(const std::uint8_t* data, std::size_t size);

TEST_CASE("saved images") {
  fuzz::for_each_saved_input("image", 20, [](std::vector<std::uint8_t> bytes) {
    // Bytes behind an image change nothing but its size, of which the fuzz target makes the options.
    for (int more = 0; more < 64; ++more) {
      CHECK_NOTHROW(boxfeed_fuzz_image(bytes.data(), bytes.size()));
      bytes.push_back(0);
    }
  });
}
