#include "image/exif.h"

namespace boxfeed {
namespace {

using namespace std::string_view_literals;

constexpr std::uint32_t kOrientationTag = 0x0112;
constexpr std::size_t kEntryBytes = 12;

}  // namespace

std::optional<TiffDirectory> TiffDirectory::read(ByteView bytes) {
  TiffDirectory directory;
  directory.bytes_ = bytes;
  if (stands_at(bytes, 0, "II*\0"sv)) {
    directory.order_ = ByteOrder::kLittle;
  } else if (!stands_at(bytes, 0, "MM\0*"sv)) {
    return std::nullopt;
  }
  if (bytes.size() < 8) return std::nullopt;
  const std::size_t offset = read_unsigned(bytes, 4, 4, directory.order_);
  if (offset < 8 || part(bytes, offset).size() < 2) return std::nullopt;
  directory.count_ = read_unsigned(bytes, offset, 2, directory.order_);
  directory.entries_ = offset + 2;
  const ByteView rest = part(bytes, directory.entries_);
  const std::size_t table = directory.count_ * kEntryBytes;
  if (rest.size() < table) return std::nullopt;
  directory.has_next_ = rest.size() >= table + 4 && read_unsigned(rest, table, 4, directory.order_) != 0;
  return directory;
}

std::optional<std::uint32_t> TiffDirectory::value(std::uint32_t tag) const {
  for (std::size_t i = 0; i < count_; ++i) {
    const std::size_t entry = entries_ + i * kEntryBytes;
    if (read_unsigned(bytes_, entry, 2, order_) != tag) continue;
    const auto type = read_unsigned(bytes_, entry + 2, 2, order_), values = read_unsigned(bytes_, entry + 4, 4, order_);
    const std::size_t size = type == 3 ? 2 : type == 4 ? 4 : 0;
    if (size == 0 || values == 0) return std::nullopt;
    // Values that do not fit into four bytes stand elsewhere.
    const std::size_t at = values * std::uint64_t{size} <= 4 ? entry + 8 : read_unsigned(bytes_, entry + 8, 4, order_);
    if (part(bytes_, at).size() < size) return std::nullopt;
    return read_unsigned(bytes_, at, size, order_);
  }
  return std::nullopt;
}

void read_exif(ByteView exif, ImageHeader& header) {
  const auto directory = TiffDirectory::read(exif);
  const auto value = directory ? directory->value(kOrientationTag).value_or(1) : 9;
  header.damaged_exif = value > 8;
  header.orientation = value < 1 || value > 8 ? 1 : static_cast<int>(value);
}

}  // namespace boxfeed
