#pragma once

#include <boxfeed/core/random.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace boxfeed::samplers {

/// Uniform in [0, 1), a multiple of 2^-53.
double uniform53(Random& random);

/// `numbers` in an order that is a function of (seed, epoch) alone, and another one than `random_permutation`'s.
std::vector<std::size_t> shuffled(const std::vector<std::size_t>& numbers, std::uint64_t seed, std::uint64_t epoch);

/// A checksum of bytes for the name of a sampler: ten hexadecimal digits.
std::string checksum(const void* data, std::size_t bytes);
template <typename Number>
std::string checksum(const std::vector<Number>& numbers) {
  return checksum(numbers.data(), numbers.size() * sizeof(Number));
}

/// Throws: `std::invalid_argument` that names the first number which is negative or not finite.
void check_numbers(const char* name, const std::vector<double>& numbers);

}  // namespace boxfeed::samplers
