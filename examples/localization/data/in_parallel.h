#pragma once

#include <cstddef>
#include <functional>

namespace localization {

using Work = std::function<void(std::size_t)>;

/// Calls what `make_work` makes, one for each thread, with all numbers below `count`, each once, in `threads` threads,
/// the caller's among them. `progress` is told in the caller's thread how many are done. What a work or `progress`
/// throws ends all and is thrown on.
void in_parallel(std::size_t count, std::size_t threads, const std::function<Work()>& make_work,
                 const std::function<void(std::size_t)>& progress);

}  // namespace localization
