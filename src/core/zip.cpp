// Source: PKWARE, "APPNOTE.TXT - .ZIP File Format Specification", 6.3.10, sections 4.3 and 4.5.3.
#include <boxfeed/core/error.h>

#include <algorithm>
#include <cstddef>
#include <string>

#include "core/archive.h"

namespace boxfeed {
namespace {

constexpr std::uint64_t kMaxList = std::uint64_t{1} << 32;
constexpr std::size_t kEnd = 22, kEnd64 = 56, kLocator = 20, kMaxComment = 65535;
constexpr std::uint64_t kIn64 = 0xFFFFFFFF;  ///< in the place of a number that stands in a field of 64 bits

/// Where the list of files stands.
struct Place {
  std::uint64_t count = 0, size = 0, offset = 0;
};

class ZipList {
 public:
  explicit ZipList(InputFile& file) : file_(file) {}

  std::vector<Archive::Entry> read() {
    const Place place = find();
    if (place.size > kMaxList)
      refuse(Reason::kFileTooLarge, "expected a list of files of at most 4 GiB, got a longer one");
    // Something may stand in front of the whole zip, such as a program that unpacks it.
    if (place.offset + place.size > end_ || place.offset + place.size < place.size) {
      refuse(Reason::kTruncated, "expected " + std::to_string(place.size) + " bytes of the list of files at " +
                                     std::to_string(place.offset) + ", but it ends at " + std::to_string(end_));
    }
    front_ = end_ - place.size - place.offset;
    const std::string bytes = bytes_at(end_ - place.size, place.size);
    ByteReader reader(bytes);
    std::vector<Archive::Entry> entries;
    for (std::uint64_t i = 0; i < place.count; ++i) {
      Archive::Entry entry = next(reader);
      const bool is_folder = !entry.name.empty() && entry.name.back() == '/';
      auto name = normal_name(entry.name);
      if (is_folder || !name || name->empty()) continue;  // a name that leads out is no file's
      entry.name = std::move(*name);
      entries.push_back(std::move(entry));
    }
    return entries;
  }

 private:
  [[noreturn]] void refuse(Reason reason, const std::string& text) const { refuse_archive(file_, reason, text); }

  std::string bytes_at(std::uint64_t offset, std::uint64_t count) {
    std::string bytes(static_cast<std::size_t>(count), '\0');
    file_.seek(offset);
    bytes.resize(file_.read(bytes.data(), bytes.size()));
    return bytes;
  }

  Place find() {
    const auto searched = std::min<std::uint64_t>(file_.size(), kEnd + kMaxComment);
    const std::string tail = bytes_at(file_.size() - searched, searched);
    for (auto at = tail.rfind("PK\5\6"); at != std::string::npos;
         at = at == 0 ? at - 1 : tail.rfind("PK\5\6", at - 1)) {
      ByteReader reader(std::string_view(tail).substr(at + 4));
      const auto disk = reader.number<std::uint16_t>();
      reader.text(4);
      Place place;
      place.count = reader.number<std::uint16_t>();
      place.size = reader.number<std::uint32_t>();
      place.offset = reader.number<std::uint32_t>();
      if (reader.number<std::uint16_t>() > reader.left() || !reader.is_good()) continue;  // bytes in a comment
      end_ = file_.size() - searched + at;
      if (const auto place_64 = find_64()) return *place_64;
      if (disk != 0) refuse(Reason::kUnsupported, "expected a zip in one file, got a part of one");
      return place;
    }
    refuse(Reason::kTruncated, "expected the list of files at a zip's end, got none: is it complete?");
  }

  /// The place as a large zip has it, in front of the one that every zip has.
  std::optional<Place> find_64() {
    if (end_ < kLocator) return std::nullopt;
    const std::string locator = bytes_at(end_ - kLocator, kLocator);
    ByteReader reader(locator);
    if (reader.text(4) != "PK\6\7") return std::nullopt;
    reader.text(4);
    const auto offset = reader.number<std::uint64_t>();
    if (offset > end_ - kLocator || end_ - kLocator - offset < kEnd64) {
      refuse(Reason::kCorrupt, "expected the place of a large zip's list before byte " + std::to_string(end_) +
                                   ", got " + std::to_string(offset));
    }
    const std::string bytes = bytes_at(offset, kEnd64);
    ByteReader record(bytes);
    if (record.text(4) != "PK\6\6")
      refuse(Reason::kCorrupt,
             "expected the place of a large zip's list at byte " + std::to_string(offset) + ", got something else");
    record.text(28);
    Place place;
    place.count = record.number<std::uint64_t>();
    place.size = record.number<std::uint64_t>();
    place.offset = record.number<std::uint64_t>();
    end_ = offset;
    return place;
  }

  Archive::Entry next(ByteReader& reader) const {
    const bool is_entry = reader.text(4) == "PK\1\2";
    reader.text(4);
    const auto flags = reader.number<std::uint16_t>(), method = reader.number<std::uint16_t>();
    reader.text(4);
    Archive::Entry entry;
    entry.crc = reader.number<std::uint32_t>();
    entry.packed_size = reader.number<std::uint32_t>();
    entry.size = reader.number<std::uint32_t>();
    const auto name = reader.number<std::uint16_t>(), extra = reader.number<std::uint16_t>(),
               comment = reader.number<std::uint16_t>();
    reader.text(8);
    entry.offset = reader.number<std::uint32_t>();
    entry.name = reader.text(name);
    take_64(reader.text(extra), entry);
    reader.text(comment);
    if (!is_entry || !reader.is_good()) refuse(Reason::kCorrupt, "the list of files is damaged after " + quoted(last_));
    last_ = entry.name;
    if (entry.offset > end_ || entry.packed_size > end_ - entry.offset) {
      refuse(Reason::kTruncated, "expected " + std::to_string(entry.packed_size) + " bytes of " + quoted(entry.name) +
                                     " at " + std::to_string(entry.offset) +
                                     ", but the list of files begins there: is it complete?");
    }
    entry.offset += front_;
    constexpr unsigned kIsEncrypted = 1;
    entry.packing = (flags & kIsEncrypted) != 0                      ? Archive::Packing::kEncrypted
                    : method == 0 && entry.size == entry.packed_size ? Archive::Packing::kZipStored
                    : method == 8                                    ? Archive::Packing::kZipDeflated
                                                                     : Archive::Packing::kOther;
    return entry;
  }

  /// Of the fields behind a name, the one with numbers of 64 bits: those that had no room, in their order.
  static void take_64(std::string_view fields, Archive::Entry& entry) {
    ByteReader reader(fields);
    while (reader.left() >= 4) {
      const auto kind = reader.number<std::uint16_t>();
      const auto length = reader.number<std::uint16_t>();
      ByteReader field(reader.text(length));
      if (kind != 1) continue;
      for (auto* number : {&entry.size, &entry.packed_size, &entry.offset}) {
        if (*number == kIn64) *number = field.number<std::uint64_t>();
      }
    }
  }

  InputFile& file_;
  std::uint64_t end_ = 0;    ///< where the list ends
  std::uint64_t front_ = 0;  ///< how many bytes stand in front of the zip
  mutable std::string last_;
};

}  // namespace

std::vector<Archive::Entry> list_zip(InputFile& file) { return ZipList(file).read(); }

}  // namespace boxfeed
