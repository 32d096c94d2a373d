#include <boxfeed/core/random.h>
#include <boxfeed/data/random_sampler.h>

namespace boxfeed::samplers {

std::vector<std::size_t> RandomSampler::order(std::uint64_t epoch) const {
  return random_permutation(size_, seed(), epoch);
}

}  // namespace boxfeed::samplers
