#pragma once

#include <cstddef>
#include <cstdint>

/// Defines a fuzz target: `BOXFEED_FUZZ(csv) { … data, size … }` in `csv_fuzz.cpp`. Compiled with BOXFEED_FUZZ_MAIN it
/// is libFuzzer's entry; without it, the function `boxfeed_fuzz_csv`, by which a test replays the saved inputs in
/// `inputs/csv`. A target fails by crashing, by a sanitizer, or by throwing what it does not expect.
#ifdef BOXFEED_FUZZ_MAIN
#define BOXFEED_FUZZ(name)                                                            \
  static void boxfeed_fuzz_##name(const std::uint8_t* data, std::size_t size);        \
  extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) { \
    boxfeed_fuzz_##name(data, size);                                                  \
    return 0;                                                                         \
  }                                                                                   \
  static void boxfeed_fuzz_##name(const std::uint8_t* data, std::size_t size)
#else
#define BOXFEED_FUZZ(name)                                              \
  void boxfeed_fuzz_##name(const std::uint8_t* data, std::size_t size); \
  void boxfeed_fuzz_##name(const std::uint8_t* data, std::size_t size)
#endif
