#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace boxfeed {

/// Bytes that somebody else owns.
class ByteView {
 public:
  constexpr ByteView() = default;
  constexpr ByteView(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
  ByteView(const std::vector<std::uint8_t>& bytes) : data_(bytes.data()), size_(bytes.size()) {}  // NOLINT: a view

  constexpr const std::uint8_t* data() const noexcept { return data_; }
  constexpr std::size_t size() const noexcept { return size_; }
  constexpr std::uint8_t operator[](std::size_t i) const noexcept { return data_[i]; }

  /// Up to `count` bytes from `offset`; empty beyond the end.
  constexpr ByteView part(std::size_t offset, std::size_t count = SIZE_MAX) const noexcept {
    if (offset >= size_) return {};
    return {data_ + offset, count < size_ - offset ? count : size_ - offset};
  }

 private:
  const std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace boxfeed
