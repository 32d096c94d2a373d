#pragma once

#include <cstddef>
#include <vector>

namespace boxfeed {

/// Drops from `values`, which has equally many for each mark, those whose mark in `keep` is false; an array that has
/// not equally many stays as it is.
template <typename T>
void keep_marked(std::vector<T>& values, const std::vector<bool>& keep) {
  if (values.empty() || values.size() % keep.size() != 0) return;
  const std::size_t each = values.size() / keep.size();
  std::size_t out = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (keep[i / each]) values[out++] = values[i];
  }
  values.resize(out);
}

}  // namespace boxfeed
