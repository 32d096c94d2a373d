#include <boxfeed/data/row_spec.h>

namespace boxfeed {

std::size_t row_bytes(const RowSpec& row) {
  std::size_t bytes = c10::elementSize(row.dtype);
  for (const auto size : row.sizes) bytes *= static_cast<std::size_t>(size);
  return bytes;
}

}  // namespace boxfeed
