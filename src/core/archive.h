#pragma once

#include <boxfeed/core/error.h>
#include <boxfeed/core/file.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace boxfeed {

/// The files of a tar or of a zip, and where in it their bytes are. Opening one neither moves a position nor takes a
/// lock.
///
/// Thread safety: all that is const.
class Archive {
 public:
  /// Reads the list of files: a zip's own one, or all headers of a tar, whose list is kept in `path` + ".index" where
  /// that is allowed, and taken from there while the tar's size and time are those of the list.
  /// Throws: `Error` with `kUnsupported` for a file that is neither, or a packed tar, `kTruncated`, `kCorrupt`.
  explicit Archive(const std::string& path);

  /// The file called `name`, or, where all files lie in one folder, called so in that folder. `path` is what messages
  /// call it. Throws: `Error` with `kNotFound`, `kUnsupported` for one that is encrypted or packed otherwise than by
  /// deflate.
  /// Requires: a `normal_name`.
  InputFile open(const std::string& name, std::string path) const;

  /// The file's own size, and the time of the archive; none where it has no file of that name.
  /// Requires: a `normal_name`.
  std::optional<FileStamp> stamp(const std::string& name) const;

  /// The names of all files, in alphabetical order, without the folder that they all lie in.
  std::vector<std::string> names() const;

  /// How a file's bytes stand in the archive.
  enum class Packing : std::uint8_t { kNone, kZipStored, kZipDeflated, kEncrypted, kOther };

  struct Entry {
    std::string name;
    /// Where its bytes begin; in a zip, where the header in front of them does.
    std::uint64_t offset = 0;
    std::uint64_t packed_size = 0;
    std::uint64_t size = 0;
    std::uint32_t crc = 0;
    Packing packing = Packing::kNone;
  };

 private:
  /// The entry called so, with or without the folder that all files lie in.
  const Entry* find(const std::string& name) const;
  const Entry* find_entry(const std::string& name) const;

  InputFile file_;
  std::vector<Entry> entries_;  ///< in alphabetical order, each name once
  std::string root_;            ///< the folder that all of them lie in, with its slash
};

/// Throws: `Error` with the archive's path in front of the text.
[[noreturn]] void refuse_archive(const InputFile& file, Reason reason, const std::string& text);

/// `name` without `.`, `..` and doubled slashes; none where it leads above its beginning.
std::optional<std::string> normal_name(std::string_view name);

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

/// All regular files of a tar, by one pass over its headers; links within it have the place of what they lead to.
std::vector<Archive::Entry> list_tar(InputFile& file);

/// All files of a zip, by the list at its end.
std::vector<Archive::Entry> list_zip(InputFile& file);

}  // namespace boxfeed
