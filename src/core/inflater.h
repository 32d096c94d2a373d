#pragma once

#include <boxfeed/core/file.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace boxfeed {

/// The bytes of a file in a zip: what its list says of their number and checksum is held against what comes.
class Inflater {
 public:
  /// `packed` is what stands in the zip, deflated or as it is.
  Inflater(InputFile packed, bool is_deflated, std::uint64_t size, std::uint32_t crc);
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater();

  /// Reads up to `count` bytes; fewer only at the end. Throws: `Error` with `kTruncated`, `kCorrupt`, `kChecksum`.
  std::size_t read(void* buffer, std::size_t count);

 private:
  struct Stream;

  std::size_t inflate(void* buffer, std::size_t count);
  [[noreturn]] void refuse(const char* text) const;

  InputFile packed_;
  std::uint64_t left_;
  std::uint32_t crc_;
  std::uint32_t seen_ = 0;          ///< the checksum of what was read
  std::unique_ptr<Stream> stream_;  ///< where it is deflated
  bool ended_ = false;              ///< the deflated bytes said so
  std::array<unsigned char, 1U << 14> bytes_;
};

}  // namespace boxfeed
