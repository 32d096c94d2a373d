// The saved inputs of the fuzz target, each once.
#include "fuzz/saved_inputs.h"

void boxfeed_fuzz_archive(const std::uint8_t* data, std::size_t size);

TEST_CASE("archives that the fuzzer has found are listed or refused") {
  fuzz::for_each_saved_input("archive", 8, [](const std::vector<std::uint8_t>& bytes) {
    CHECK_NOTHROW(boxfeed_fuzz_archive(bytes.data(), bytes.size()));
  });
}
