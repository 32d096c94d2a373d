#pragma once

#include <boxfeed/core/random.h>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace boxfeed {

/// Where the examples of several datasets come from, one after another.
template <typename Source>
class Appended {
 public:
  explicit Appended(Source source) { sources_.emplace_back(0, std::move(source)); }

  /// Has the examples from number `first` on come from where `other`'s come from.
  void append(Appended&& other, std::size_t first) {
    for (auto& [begin, source] : other.sources_) sources_.emplace_back(first + begin, std::move(source));
  }

  /// Calls `use` with the source of an example and the example's name in it, where its randomness is its own.
  template <typename Use>
  auto with(const ExampleKey& key, const Use& use) const {
    const auto after = std::upper_bound(sources_.begin(), sources_.end(), key.index,
                                        [](std::size_t index, const auto& source) { return index < source.first; });
    const auto& [begin, source] = *(after - 1);
    const auto number = static_cast<std::uint64_t>(after - 1 - sources_.begin());
    return use(source, ExampleKey{key.seed + number, key.epoch, key.index - begin});
  }

 private:
  std::vector<std::pair<std::size_t, Source>> sources_;
};

}  // namespace boxfeed
