#pragma once

#include <boxfeed/image/byte_view.h>

#include <cstdint>

namespace boxfeed {

enum class ByteOrder { kBig, kLittle };

/// The unsigned number of `count` bytes (up to 4) at `offset`. Requires: they are inside.
inline std::uint32_t read_unsigned(ByteView bytes, std::size_t offset, std::size_t count, ByteOrder order) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = order == ByteOrder::kBig ? i : count - 1 - i;
    value = value << 8 | bytes[offset + at];
  }
  return value;
}

inline std::uint32_t big16(ByteView bytes, std::size_t offset) {
  return read_unsigned(bytes, offset, 2, ByteOrder::kBig);
}
inline std::uint32_t big32(ByteView bytes, std::size_t offset) {
  return read_unsigned(bytes, offset, 4, ByteOrder::kBig);
}
inline std::uint32_t little16(ByteView bytes, std::size_t offset) {
  return read_unsigned(bytes, offset, 2, ByteOrder::kLittle);
}
inline std::uint32_t little24(ByteView bytes, std::size_t offset) {
  return read_unsigned(bytes, offset, 3, ByteOrder::kLittle);
}
inline std::uint32_t little32(ByteView bytes, std::size_t offset) {
  return read_unsigned(bytes, offset, 4, ByteOrder::kLittle);
}

/// True where `text` stands at `offset`.
template <std::size_t N>
bool stands_at(ByteView bytes, std::size_t offset, const char (&text)[N]) {
  if (bytes.size() < N - 1 || offset > bytes.size() - (N - 1)) return false;
  for (std::size_t i = 0; i + 1 < N; ++i) {
    if (bytes[offset + i] != static_cast<std::uint8_t>(text[i])) return false;
  }
  return true;
}

}  // namespace boxfeed
