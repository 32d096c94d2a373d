#pragma once

#include <utility>

/// Declares an option of an options class as LibTorch's `TORCH_ARG` does, for the rooms that do without LibTorch:
/// a setter that can be chained and a getter of the same name.
#define BOXFEED_ARG(T, name)                         \
 public:                                             \
  auto name(T new_##name)->decltype(*this) {         \
    this->name##_ = std::move(new_##name);           \
    return *this;                                    \
  }                                                  \
  const T& name() const noexcept { return name##_; } \
                                                     \
 private:                                            \
  T name##_
