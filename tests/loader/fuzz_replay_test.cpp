// The saved inputs of the fuzz target, each once.
#include "fuzz/saved_inputs.h"

void boxfeed_fuzz_state(const std::uint8_t* data, std::size_t size);

TEST_CASE("saved states") {
  fuzz::for_each_saved_input("state", 6, [](const std::vector<std::uint8_t>& bytes) {
    CHECK_NOTHROW(boxfeed_fuzz_state(bytes.data(), bytes.size()));
  });
}
