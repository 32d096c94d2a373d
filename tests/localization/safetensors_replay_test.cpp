// The saved inputs of the fuzz target, each once.
#include "fuzz/saved_inputs.h"

void boxfeed_fuzz_safetensors(const std::uint8_t* data, std::size_t size);

TEST_CASE("saved files of safetensors") {
  fuzz::for_each_saved_input("safetensors", 20, [](const std::vector<std::uint8_t>& bytes) {
    CHECK_NOTHROW(boxfeed_fuzz_safetensors(bytes.data(), bytes.size()));
  });
}
