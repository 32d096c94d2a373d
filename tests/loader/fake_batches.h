#pragma once

#include <boxfeed/core/random.h>
#include <torch/torch.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "loader/fake_dataset.h"

namespace boxfeed::testing {

/// The indices of a batch.
inline std::vector<std::size_t> indices_of(const torch::data::Example<>& batch) {
  std::vector<std::size_t> indices;
  for (std::int64_t i = 0; i < batch.data.size(0); ++i) {
    indices.push_back(static_cast<std::size_t>(batch.data[i][0].item<float>()));
  }
  return indices;
}

/// The elements [begin, end) of `order`, as far as there are any.
inline std::vector<std::size_t> part(const std::vector<std::size_t>& order, std::size_t begin, std::size_t end) {
  return {order.begin() + static_cast<long>(begin), order.begin() + static_cast<long>(std::min(end, order.size()))};
}

/// What batch `batch` of FakeDataset must be, example by example.
inline bool is_expected(const torch::data::Example<>& batch, const std::vector<std::size_t>& indices,
                        std::uint64_t seed, std::uint64_t epoch) {
  if (batch.data.size(0) != static_cast<std::int64_t>(indices.size())) return false;
  for (std::size_t i = 0; i < indices.size(); ++i) {
    const auto row = static_cast<std::int64_t>(i);
    const auto index = static_cast<float>(indices[i]);
    if (batch.data[row][0].item<float>() != index || batch.target[row][0].item<float>() != index * index ||
        batch.data[row][1].item<float>() != Random(seed, epoch, indices[i]).uniform()) {
      return false;
    }
  }
  return true;
}

}  // namespace boxfeed::testing
