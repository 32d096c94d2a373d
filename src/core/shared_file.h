#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace boxfeed {

/// A file that several processes read and append to at the same time. Nothing here throws after it is opened: calls
/// that fail say so, and `error()` says why.
///
/// Thread safety: `read_at` and `size` from any number of threads; everything else from one at a time.
class SharedFile {
 public:
  /// Opens or makes it; only for reading where it may not be written.
  /// Throws: `Error` with `kIoOpen`, `kNotFound` or `kNotRegularFile`.
  explicit SharedFile(std::string path);
  SharedFile(const SharedFile&) = delete;
  SharedFile& operator=(const SharedFile&) = delete;
  ~SharedFile();

  const std::string& path() const noexcept { return path_; }
  bool is_writable() const noexcept { return is_writable_; }

  std::optional<std::uint64_t> size() const;
  /// True where all of the bytes are there.
  bool read_at(std::uint64_t offset, void* buffer, std::size_t count) const;
  bool write_at(std::uint64_t offset, const void* bytes, std::size_t count);
  bool cut(std::uint64_t size);
  /// The bytes that are free on its disk; none where that cannot be known.
  std::optional<std::uint64_t> free_bytes() const;

  /// The lock that one process has at a time. It goes with the process.
  enum class Lock { kTaken, kBusy, kFailed };
  Lock try_lock();
  void unlock();

  /// Of the last call that failed, `errno`.
  int error() const noexcept { return error_; }

 private:
  std::string path_;
  int descriptor_ = -1;
  bool is_writable_ = true;
  int error_ = 0;
};

}  // namespace boxfeed
