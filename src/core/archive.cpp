#include "core/archive.h"

#include <boxfeed/core/error.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <memory>
#include <new>
#include <system_error>
#include <utility>

namespace boxfeed {
namespace {

/// A list of fewer files is made faster than it is worth a file of its own.
constexpr std::size_t kKeepListOf = 1000;
constexpr std::size_t kZipHeader = 30;
constexpr std::string_view kListMark = "boxfeed tar index 1\n";

enum class Kind { kTar, kZip };

Kind kind_of(InputFile& file) {
  std::array<char, 512> start{};
  file.seek(0);
  const std::string_view text(start.data(), file.read(start.data(), start.size()));
  const auto has = [&](std::size_t at, std::string_view mark) {
    return text.substr(std::min(at, text.size()), mark.size()) == mark;
  };
  if (has(0, "PK\3\4") || has(0, "PK\5\6")) return Kind::kZip;
  if (has(257, "ustar")) return Kind::kTar;
  const std::string name = file.path().substr(file.path().rfind('/') + 1);
  for (const std::string_view packed : {"\x1F\x8B", "BZh", "\xFD\x37zXZ", "\x28\xB5\x2F\xFD"}) {
    if (!has(0, packed)) continue;
    refuse_archive(file, Reason::kUnsupported,
                   "expected a tar that is not packed, since a packed one is read only from its start: unpack it once "
                   "(gunzip, bunzip2, unxz, unzstd)");
  }
  if (name.size() > 4 && name.substr(name.size() - 4) == ".tar" && text.size() == start.size())
    return Kind::kTar;  // of before 1988
  refuse_archive(file, Reason::kUnsupported, "expected a folder, a .tar or a .zip, got another file");
}

/// Appends a number, its lowest byte first.
template <typename Number>
void put(std::string& bytes, Number number) {
  for (std::size_t i = 0; i < sizeof number; ++i) bytes += static_cast<char>(number >> (8 * i) & 0xFF);
}

/// The list as it is kept: what it is of, then each file, then a checksum.
std::string packed_list(const InputFile& file, const std::vector<Archive::Entry>& entries) {
  std::string text(kListMark);
  put(text, file.size());
  put(text, static_cast<std::uint64_t>(file.stamp().modified_ns));
  put(text, std::uint64_t{entries.size()});
  for (const auto& entry : entries) {
    put(text, entry.offset);
    put(text, entry.size);
    put(text, std::uint64_t{entry.name.size()});
    text += entry.name;
  }
  put(text, std::uint64_t{::crc32_z(0, reinterpret_cast<const Bytef*>(text.data()), text.size())});
  return text;
}

/// The list that is kept beside a tar, where it is whole and of this tar.
std::optional<std::vector<Archive::Entry>> kept_list(const InputFile& file, const std::string& path) {
  std::vector<std::uint8_t> bytes;
  try {
    InputFile(path).read_all(bytes, std::uint64_t{1} << 32);
  } catch (const Error&) {
    return std::nullopt;
  }
  if (bytes.size() < kListMark.size() + 8) return std::nullopt;
  ByteReader reader({reinterpret_cast<const char*>(bytes.data()), bytes.size() - 8});
  ByteReader end({reinterpret_cast<const char*>(bytes.data()) + bytes.size() - 8, 8});
  if (end.number<std::uint64_t>() != ::crc32_z(0, bytes.data(), bytes.size() - 8)) return std::nullopt;
  if (reader.text(kListMark.size()) != kListMark || reader.number<std::uint64_t>() != file.size() ||
      reader.number<std::uint64_t>() != static_cast<std::uint64_t>(file.stamp().modified_ns)) {
    return std::nullopt;
  }
  std::vector<Archive::Entry> entries;
  for (auto left = reader.number<std::uint64_t>(); left > 0 && reader.is_good(); --left) {
    Archive::Entry entry;
    entry.offset = reader.number<std::uint64_t>();
    entry.size = reader.number<std::uint64_t>();
    entry.name = reader.text(static_cast<std::size_t>(reader.number<std::uint64_t>()));
    entries.push_back(std::move(entry));
  }
  if (!reader.is_good()) return std::nullopt;
  return entries;
}

std::vector<Archive::Entry> tar_list(InputFile& file) {
  const std::string path = file.path() + ".index";
  if (auto kept = kept_list(file, path)) return std::move(*kept);
  auto entries = list_tar(file);
  if (entries.size() < kKeepListOf) return entries;
  try {
    write_file(path, packed_list(file, entries));
  } catch (const Error&) {
    // Beside this tar nothing may be written: it is read again the next time.
  }
  return entries;
}

/// The bytes of a file in a zip: what its list says of their number and checksum is held against what comes.
class Inflater {
 public:
  /// `packed` is what stands in the zip, deflated or as it is.
  Inflater(InputFile packed, const Archive::Entry& entry)
      : packed_(std::move(packed)),
        is_deflated_(entry.packing == Archive::Packing::kZipDeflated),
        left_(entry.size),
        crc_(entry.crc) {
    if (is_deflated_ && inflateInit2(&stream_, -MAX_WBITS) != Z_OK) throw std::bad_alloc();  // nothing around the bytes
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() {
    if (is_deflated_) inflateEnd(&stream_);
  }

  /// Reads up to `count` bytes; fewer only at the end. Throws: `Error` with `kTruncated`, `kCorrupt`, `kChecksum`.
  std::size_t read(void* buffer, std::size_t count) {
    std::size_t done = 0;
    while (done < count && left_ > 0) {
      const auto part = static_cast<std::size_t>(
          std::min({std::uint64_t{count - done}, left_, std::uint64_t{std::numeric_limits<uInt>::max()}}));
      auto* const at = static_cast<unsigned char*>(buffer) + done;
      const std::size_t n = is_deflated_ ? inflate(at, part) : packed_.read(at, part);
      if (n < part) refuse("expected as many bytes as the zip's list says, got fewer");
      seen_ = static_cast<std::uint32_t>(::crc32(seen_, at, static_cast<uInt>(n)));
      left_ -= n;
      done += n;
      if (left_ > 0) continue;
      unsigned char more = 0;
      if (is_deflated_ && inflate(&more, 1) > 0) refuse("expected as many bytes as the zip's list says, got more");
      if (seen_ != crc_) {
        refuse("expected the checksum that the zip's list has, got another one", Reason::kChecksum);
      }
    }
    return done;
  }

 private:
  std::size_t inflate(void* buffer, std::size_t count) {
    stream_.next_out = static_cast<Bytef*>(buffer);
    stream_.avail_out = static_cast<uInt>(count);
    while (stream_.avail_out > 0 && !ended_) {
      if (stream_.avail_in == 0) {
        stream_.next_in = bytes_.data();
        stream_.avail_in = static_cast<uInt>(packed_.read(bytes_.data(), bytes_.size()));
        if (stream_.avail_in == 0) refuse("expected more deflated bytes, got their end");
      }
      const int result = ::inflate(&stream_, Z_NO_FLUSH);
      ended_ = result == Z_STREAM_END;
      if (result != Z_OK && !ended_) refuse("expected deflated bytes, got something else");
    }
    return count - stream_.avail_out;
  }

  [[noreturn]] void refuse(const char* text, Reason reason = Reason::kCorrupt) const {
    throw Error(reason, std::string(text) + ": " + quoted(packed_.path()), packed_.path());
  }

  InputFile packed_;
  bool is_deflated_;
  std::uint64_t left_;
  std::uint32_t crc_;
  std::uint32_t seen_ = 0;  ///< the checksum of what was read
  z_stream stream_{};
  bool ended_ = false;  ///< the deflated bytes said so
  std::array<unsigned char, 1U << 14> bytes_;
};

/// Sorts by name; of files with the same name the last one stays, as when it is unpacked.
void sort_by_name(std::vector<Archive::Entry>& entries) {
  const auto before = [](const auto& a, const auto& b) { return a.name < b.name; };
  std::stable_sort(entries.begin(), entries.end(), before);
  const auto same = [](const auto& a, const auto& b) { return a.name == b.name; };
  entries.erase(entries.begin(), std::unique(entries.rbegin(), entries.rend(), same).base());
}

/// The folder that all files lie in, with its slash.
std::string common_folder(const std::vector<Archive::Entry>& entries) {
  if (entries.empty()) return {};
  const auto& first = entries.front().name;
  const std::string folder = first.substr(0, first.find('/') + 1);
  const auto& last = entries.back().name;  // in alphabetical order, so that all others are between them
  return last.compare(0, folder.size(), folder) == 0 ? folder : std::string();
}

}  // namespace

void refuse_archive(const InputFile& file, Reason reason, const std::string& text) {
  throw Error(reason, quoted(file.path()) + ": " + text, file.path());
}

std::optional<std::string> normal_name(std::string_view name) {
  std::string normal;
  while (!name.empty()) {
    const auto end = std::min(name.find('/'), name.size());
    const auto part = name.substr(0, end);
    name.remove_prefix(std::min(end + 1, name.size()));
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      if (normal.empty()) return std::nullopt;
      const auto slash = normal.rfind('/');
      normal.resize(slash == std::string::npos ? 0 : slash);
      continue;
    }
    if (!normal.empty()) normal += '/';
    normal += part;
  }
  return normal;
}

Archive::Archive(const std::string& path) : file_(path) {
  entries_ = kind_of(file_) == Kind::kZip ? list_zip(file_) : tar_list(file_);
  sort_by_name(entries_);
  root_ = common_folder(entries_);
}

const Archive::Entry* Archive::find_entry(const std::string& name) const {
  const auto at = std::lower_bound(entries_.begin(), entries_.end(), name,
                                   [](const Entry& entry, const std::string& text) { return entry.name < text; });
  return at != entries_.end() && at->name == name ? &*at : nullptr;
}

const Archive::Entry* Archive::find(const std::string& name) const {
  const Entry* entry = find_entry(name);
  return entry == nullptr && !root_.empty() ? find_entry(root_ + name) : entry;
}

std::optional<FileStamp> Archive::stamp(const std::string& name) const {
  const Entry* const entry = find(name);
  if (entry == nullptr) return std::nullopt;
  return FileStamp{entry->size, file_.stamp().modified_ns};
}

InputFile Archive::open(const std::string& name, std::string path) const {
  const Entry* entry = find(name);
  if (entry == nullptr) {
    throw Error(Reason::kNotFound,
                "cannot open " + quoted(path) + ": " + std::generic_category().message(ENOENT) + " in the archive",
                path);
  }
  switch (entry->packing) {
    case Packing::kNone: return InputFile(file_, std::move(path), entry->offset, entry->size);
    case Packing::kEncrypted:
      throw Error(Reason::kUnsupported, "expected a file that is not encrypted: " + quoted(path), path);
    case Packing::kOther:
      throw Error(Reason::kUnsupported,
                  "expected a file that is stored or deflated, got another way of packing: " + quoted(path), path);
    default: break;
  }
  // What stands in front of the bytes has a length of its own, which the list does not say.
  InputFile header(file_, path, entry->offset, kZipHeader);
  std::array<char, kZipHeader> bytes{};
  header.read(bytes.data(), bytes.size());
  ByteReader reader({bytes.data(), bytes.size()});
  const bool is_header = reader.text(4) == "PK\3\4";
  reader.text(22);
  const auto further = std::uint64_t{reader.number<std::uint16_t>()} + reader.number<std::uint16_t>();
  if (!is_header)
    throw Error(Reason::kCorrupt,
                "expected a file's header at byte " + std::to_string(entry->offset) +
                    " of the zip, got something else: " + quoted(path),
                path);
  InputFile packed(file_, path, entry->offset + kZipHeader + further, entry->packed_size);
  InputFile file(file_, std::move(path), 0, entry->size);
  file.unpack_ = [inflater = std::make_shared<Inflater>(std::move(packed), *entry)](void* buffer, std::size_t count) {
    return inflater->read(buffer, count);
  };
  return file;
}

std::vector<std::string> Archive::names() const {
  std::vector<std::string> names;
  names.reserve(entries_.size());
  for (const auto& entry : entries_) names.push_back(entry.name.substr(root_.size()));
  return names;
}

}  // namespace boxfeed
