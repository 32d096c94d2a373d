#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace boxfeed {

class Archive;

/// What tells a file from what it was before somebody changed it.
struct FileStamp {
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;  ///< Units: nanoseconds since 1970

  bool operator==(const FileStamp& other) const noexcept {
    return size == other.size && modified_ns == other.modified_ns;
  }
  bool operator!=(const FileStamp& other) const noexcept { return !(*this == other); }
};

/// A regular file that is open for reading, or one in an archive. Everything that boxfeed reads comes through here:
/// opened without blocking, checked to be a regular file, interrupted calls repeated, a failed read never taken for the
/// end.
class InputFile {
 public:
  /// Throws: `Error` with `kNotFound`, `kNotRegularFile` or `kIoOpen`.
  explicit InputFile(const std::string& path);
  InputFile(InputFile&&) = default;
  InputFile& operator=(InputFile&&) = default;

  const std::string& path() const noexcept { return path_; }

  /// The size in bytes when it was opened.
  std::uint64_t size() const noexcept { return stamp_.size; }

  /// Its stamp when it was opened; of one in an archive its own size, and the time of the archive.
  const FileStamp& stamp() const noexcept { return stamp_; }

  /// Reads up to `count` bytes; fewer only at the end of the file. Throws: `Error` with `kIoRead` and the offset; for a
  /// file in an archive also `kTruncated`, `kCorrupt` and `kChecksum`.
  std::size_t read(void* buffer, std::size_t count);

  /// Goes on at a byte of it. Requires: that it is not packed.
  void seek(std::uint64_t offset) noexcept { offset_ = offset; }

  /// Reads all that is left into `bytes`, whose memory is reused.
  /// Throws: `Error` with `kFileTooLarge` before reading, `kEmptyFile`, `kIoRead`.
  void read_all(std::vector<std::uint8_t>& bytes, std::uint64_t max_bytes);

 private:
  friend class Archive;
  friend class Folder;
  InputFile(std::string path, int descriptor);
  /// `size` bytes from `begin` of another file, called `path`.
  InputFile(const InputFile& whole, std::string path, std::uint64_t begin, std::uint64_t size);

  std::string path_;
  std::shared_ptr<const int> descriptor_;  ///< its last owner closes it
  FileStamp stamp_;
  std::uint64_t begin_ = 0;
  bool is_part_ = false;
  std::uint64_t offset_ = 0;
  std::function<std::size_t(void* buffer, std::size_t count)> unpack_;  ///< reads a file that is packed
};

/// How often a failure that may pass (EIO, ESTALE, ETIMEDOUT: a network's file system) is tried again. The wait before
/// the first retry is `first_wait`, and four times as long before each further one.
struct Retry {
  int times = 3;
  std::chrono::milliseconds first_wait{10};
};

/// A folder whose files are named relative to it, and that nothing named by a data file can leave; or a `.tar` or
/// `.zip`, which is told by its content: its files are read where they are, names that lead out of it and links to
/// what is not in it are refused, and one folder around all of it is seen through.
///
/// Thread safety: `open` may be called from any number of threads.
class Folder {
 public:
  /// With `allow_outside`, names and links that lead out of the folder are followed.
  /// Throws: `Error` with `kNotFound` or `kIoOpen`; for an archive also with `kUnsupported`, `kTruncated`, `kCorrupt`.
  explicit Folder(std::string path, bool allow_outside = false);

  const std::string& path() const noexcept { return path_; }

  /// The folder's path and `name`, joined.
  std::string path_of(std::string_view name) const;

  /// Opens the file `name`, which may be an absolute path to a file in the folder. Throws: `Error` with `kPathEscape`
  /// for a name that leaves the folder, by its text or through links; and what `InputFile` throws.
  InputFile open(std::string_view name) const;

  /// The stamp of the file `name`, which is not opened; of one in an archive its own size, and the time of the archive.
  /// None where there is no such file.
  std::optional<FileStamp> stamp(std::string_view name) const;

  /// Opens the file `name` and reads all of it into `bytes`, whose memory is reused; a failure that may pass is tried
  /// again from the start. Throws: what `open` and `InputFile::read_all` throw.
  void read(std::string_view name, std::vector<std::uint8_t>& bytes, std::uint64_t max_bytes,
            const Retry& retry = {}) const;

 private:
  std::string path_;
  bool allow_outside_;
  std::shared_ptr<const Archive> archive_;
};

/// The files below `folder`, or in an archive as `Folder` reads it, as paths relative to it in alphabetical order,
/// whose extension is one of `extensions` (with the dot, in lower case; upper case in the name counts, too), or all
/// where these are empty. Links to folders are followed; files and folders whose names begin with a dot are passed
/// over, as are links that lead back. Throws: `Error` with `kNotFound` or `kIoOpen`; for an archive, what `Folder`
/// throws.
std::vector<std::string> list_files(const std::string& folder, const std::vector<std::string>& extensions,
                                    bool recursive = true);

/// The extensions of image files for `list_files`: ".jpg", ".jpeg", ".jpe", ".jfif", ".png" and so on.
const std::vector<std::string>& image_extensions();

/// Writes a file so that at every moment either the old or the new content is there, whatever is killed or fails:
/// a temporary file beside it, synchronized, renamed over it, and the folder synchronized.
/// Throws: `Error` with `kNoSpace` or `kIoWrite`; then the old file is untouched and the temporary one is gone.
void write_file(const std::string& path, std::string_view bytes);

}  // namespace boxfeed
