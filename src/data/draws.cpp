#include "data/draws.h"

#include <xxhash.h>

#include <cmath>
#include <stdexcept>

#include "data/fingerprint.h"

namespace boxfeed::samplers {

double uniform53(Random& random) { return static_cast<double>(random.below(std::uint64_t{1} << 53)) * 0x1p-53; }

std::vector<std::size_t> shuffled(const std::vector<std::size_t>& numbers, std::uint64_t seed, std::uint64_t epoch) {
  constexpr std::uint64_t kOther = 0x5DEECE66D1CE4E5BU;
  std::vector<std::size_t> order = random_permutation(numbers.size(), seed ^ kOther, epoch);
  for (auto& place : order) place = numbers[place];
  return order;
}

std::string checksum(const void* data, std::size_t bytes) { return checksum_text(XXH3_64bits(data, bytes)); }

void check_numbers(const char* name, const std::vector<double>& numbers) {
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (numbers[i] >= 0 && std::isfinite(numbers[i])) continue;
    throw std::invalid_argument(std::string(name) + ": expected finite numbers of 0 or more, got " +
                                std::to_string(numbers[i]) + " at " + std::to_string(i));
  }
}

}  // namespace boxfeed::samplers
