#pragma once

#include <cstddef>
#include <vector>

namespace boxfeed {

/// A view of `size()` values that lie one after another and belong to somebody else.
template <typename T>
class Span {
 public:
  constexpr Span() noexcept = default;
  constexpr Span(const T* data, std::size_t size) noexcept : data_(data), size_(size) {}
  Span(const std::vector<T>& values) noexcept : data_(values.data()), size_(values.size()) {}

  constexpr const T* data() const noexcept { return data_; }
  constexpr std::size_t size() const noexcept { return size_; }
  constexpr bool empty() const noexcept { return size_ == 0; }
  constexpr const T* begin() const noexcept { return data_; }
  constexpr const T* end() const noexcept { return data_ + size_; }
  constexpr const T& operator[](std::size_t i) const noexcept { return data_[i]; }
  std::vector<T> to_vector() const { return {begin(), end()}; }
  void append_to(std::vector<T>& values) const { values.insert(values.end(), begin(), end()); }

 private:
  const T* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace boxfeed
