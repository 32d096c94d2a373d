#pragma once

#include <boxfeed/image/byte_view.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "image/byte_order.h"

namespace boxfeed {

/// Walks over the markers of a JPEG as libjpeg does: bytes that belong to no segment are passed over.
class JpegMarkers {
 public:
  static constexpr int kSoi = 0xD8, kEoi = 0xD9;

  explicit JpegMarkers(ByteView bytes) : bytes_(bytes) {}

  /// Goes to the next marker; false at the end of the bytes.
  bool next() {
    position_ += segment_bytes_;
    segment_bytes_ = 0;
    while (position_ < bytes_.size()) {
      const auto* found =
          static_cast<const std::uint8_t*>(std::memchr(bytes_.data() + position_, 0xFF, bytes_.size() - position_));
      if (found == nullptr) break;
      position_ = static_cast<std::size_t>(found - bytes_.data());
      while (position_ < bytes_.size() && bytes_[position_] == 0xFF) ++position_;
      if (position_ == bytes_.size()) break;
      marker_ = bytes_[position_++];
      if (marker_ == 0) continue;
      if (has_segment()) read_segment();
      return true;
    }
    return false;
  }

  int marker() const { return marker_; }
  /// What follows the length of the segment, as far as it is there.
  ByteView content() const { return bytes_.part(position_ + 2, segment_bytes_ < 2 ? 0 : segment_bytes_ - 2); }
  /// True where the segment is longer than the rest of the file.
  bool beyond_end() const { return segment_bytes_ > bytes_.size() - position_; }
  bool bad_length() const { return has_segment() && segment_bytes_ < 2; }

 private:
  bool has_segment() const {
    constexpr int kTem = 0x01, kFirstRestart = 0xD0, kLastRestart = 0xD7;
    const bool restart = marker_ >= kFirstRestart && marker_ <= kLastRestart;
    return !restart && marker_ != kTem && marker_ != kSoi && marker_ != kEoi;
  }
  void read_segment() {
    const ByteView length = bytes_.part(position_, 2);
    segment_bytes_ = length.size() < 2 ? 2 : big16(length, 0);
  }

  ByteView bytes_;
  std::size_t position_ = 0;
  std::size_t segment_bytes_ = 0;
  int marker_ = 0;
};

}  // namespace boxfeed
