#pragma once

#include <c10/core/MemoryFormat.h>
#include <c10/core/ScalarType.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace boxfeed {

/// What one row of a batch holds: a batch of B examples is a tensor of shape (B, sizes...).
struct RowSpec {
  std::vector<std::int64_t> sizes;
  c10::ScalarType dtype = c10::ScalarType::Float;
  c10::MemoryFormat memory_format = c10::MemoryFormat::Contiguous;
};

/// The bytes that a row takes.
std::size_t row_bytes(const RowSpec& row);

}  // namespace boxfeed
