#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace boxfeed {

/// Appends a number, its lowest byte first.
template <typename Number>
void put(std::string& bytes, Number number) {
  for (std::size_t i = 0; i < sizeof number; ++i) bytes += static_cast<char>(number >> (8 * i) & 0xFF);
}

/// Reads numbers, their lowest byte first, and texts, one after another; beyond the end it gives zeros and is not good.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  bool is_good() const { return good_; }
  std::size_t left() const { return bytes_.size(); }

  std::string_view text(std::size_t count) {
    if (count > bytes_.size()) {
      good_ = false;
      bytes_ = {};
    }
    const auto part = bytes_.substr(0, count);
    bytes_.remove_prefix(part.size());
    return part;
  }

  template <typename Number>
  Number number() {
    const auto part = text(sizeof(Number));
    Number value = 0;
    for (std::size_t i = 0; i < part.size(); ++i) {
      value = static_cast<Number>(
          value | static_cast<Number>(static_cast<Number>(static_cast<unsigned char>(part[i])) << (8 * i)));
    }
    return value;
  }

 private:
  std::string_view bytes_;
  bool good_ = true;
};

}  // namespace boxfeed
