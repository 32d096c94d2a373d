#pragma once

#include <boxfeed/image/image_header.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace boxfeed {

/// Up to `count` bytes from `offset`; empty beyond the end.
constexpr ByteView part(ByteView bytes, std::size_t offset, std::size_t count = SIZE_MAX) noexcept {
  if (offset >= bytes.size()) return {};
  return {bytes.data() + offset, std::min(count, bytes.size() - offset)};
}

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

/// True where `text` stands at `offset`. (One with zeros in it is written as "…"sv.)
inline bool stands_at(ByteView bytes, std::size_t offset, std::string_view text) {
  const ByteView there = part(bytes, offset, text.size());
  return there.size() == text.size() && std::memcmp(there.data(), text.data(), text.size()) == 0;
}

}  // namespace boxfeed
