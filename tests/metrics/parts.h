#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "support/catch.h"

namespace boxfeed::testing {

/// Gives each of `count` pieces to one of 1 to 9 parts, by turns, and merges the parts' states, the last one first:
/// each time the metric must be what `whole` is. `make` makes an empty metric, `update(metric, i)` gives it piece i,
/// `same(whole, merged)` compares.
template <typename Make, typename Update, typename Same>
void check_parts(std::size_t count, const Make& make, const Update& update, const Same& same) {
  auto whole = make();
  for (std::size_t i = 0; i < count; ++i) update(whole, i);
  for (std::size_t parts = 1; parts <= 9; ++parts) {
    auto merged = make();
    for (std::size_t part = parts; part-- > 0;) {
      auto metric = make();
      for (std::size_t i = part; i < count; i += parts) update(metric, i);
      auto loaded = make();
      loaded.load_state(metric.state());
      merged.merge(loaded);
    }
    CAPTURE(parts);
    same(whole, merged);
  }
  // Through a state nothing changes, and after a reset nothing is left.
  auto again = make();
  again.load_state(whole.state());
  CHECK(again.state() == whole.state());
  again.reset();
  CHECK(again.state() == make().state());
}

}  // namespace boxfeed::testing
