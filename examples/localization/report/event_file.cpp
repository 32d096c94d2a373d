#include "report/event_file.h"

#include <boxfeed/core/error.h>

#include <array>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <type_traits>

#include "data/formatted.h"

namespace localization {
namespace {

namespace fs = std::filesystem;

// The numbers of the fields of event.proto and summary.proto.
constexpr unsigned kWallTime = 1, kStep = 2, kFileVersion = 3, kSummary = 5, kSessionLog = 7;
constexpr unsigned kValue = 1, kTag = 1, kSimpleValue = 2, kImage = 4;
constexpr unsigned kHeight = 1, kWidth = 2, kColorSpace = 3, kEncoded = 4;
constexpr unsigned kStatus = 1;

/// The bytes of a number, the lowest first.
template <typename Number>
std::string little_endian(Number number) {
  std::make_unsigned_t<Number> rest = number;
  std::string bytes;
  for (std::size_t i = 0; i < sizeof number; ++i, rest = static_cast<decltype(rest)>(rest >> 8)) {
    bytes += static_cast<char>(rest & 0xFF);
  }
  return bytes;
}

/// The bits of a floating-point number, as bytes.
template <typename Bits, typename Real>
std::string bits_of(Real value) {
  static_assert(sizeof(Bits) == sizeof(Real));
  Bits bits;
  std::memcpy(&bits, &value, sizeof bits);
  return little_endian(bits);
}

/// A number of protobuf: seven bits a byte, the highest bit says that there are more.
std::string varint(std::uint64_t number) {
  std::string bytes;
  for (; number >= 0x80; number >>= 7) bytes += static_cast<char>((number & 0x7F) | 0x80);
  return bytes + static_cast<char>(number);
}

enum WireType : unsigned { kVarint = 0, kFixed64 = 1, kLengthDelimited = 2, kFixed32 = 5 };

std::string field(unsigned number, WireType type, const std::string& bytes) {
  return varint(number << 3 | type) + bytes;
}
std::string int_field(unsigned number, std::int64_t value) {
  return field(number, kVarint, varint(static_cast<std::uint64_t>(value)));
}
std::string bytes_field(unsigned number, std::string_view bytes) {
  return field(number, kLengthDelimited, varint(bytes.size()).append(bytes));
}

/// CRC-32C, masked as records have it.
std::uint32_t masked_checksum(std::string_view bytes) {
  static const auto table = [] {
    std::array<std::uint32_t, 256> remainders{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      std::uint32_t rest = i;
      for (int bit = 0; bit < 8; ++bit) rest = rest >> 1 ^ ((rest & 1) != 0 ? 0x82F63B78U : 0);
      remainders[i] = rest;
    }
    return remainders;
  }();
  std::uint32_t crc = 0xFFFFFFFF;
  for (const char byte : bytes) crc = crc >> 8 ^ table[(crc ^ static_cast<unsigned char>(byte)) & 0xFF];
  crc = ~crc;
  return (crc >> 15 | crc << 17) + 0xA282EAD8U;
}

/// The name of a file that TensorBoard, which goes by names, reads after those that are there.
std::string next_name(const std::string& folder) {
  int count = 0;
  std::error_code error;  // writing will say so
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (it->path().filename().string().rfind("events.out.tfevents.", 0) == 0) ++count;
  }
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return formatted("events.out.tfevents.%010lld.localize.%03d",
                   static_cast<long long>(std::chrono::duration_cast<std::chrono::seconds>(now).count()), count);
}

}  // namespace

EventFile::EventFile(const std::string& folder, std::int64_t step)
    : path_(folder + "/" + next_name(folder)), file_(path_, std::ios::binary | std::ios::app) {
  constexpr std::int64_t kStart = 1;
  append(0, bytes_field(kFileVersion, "brain.Event:2"));
  append(step, bytes_field(kSessionLog, int_field(kStatus, kStart)));
}

void EventFile::scalar(std::int64_t step, const std::string& tag, double value) {
  append(step,
         bytes_field(kSummary, bytes_field(kValue, bytes_field(kTag, tag) +
                                                       field(kSimpleValue, kFixed32,
                                                             bits_of<std::uint32_t>(static_cast<float>(value))))));
}

void EventFile::image(std::int64_t step, const std::string& tag, std::string_view png, boxfeed::ImageSize size) {
  constexpr std::int64_t kRgb = 3;
  const std::string image = int_field(kHeight, size.height) + int_field(kWidth, size.width) +
                            int_field(kColorSpace, kRgb) + bytes_field(kEncoded, png);
  append(step, bytes_field(kSummary, bytes_field(kValue, bytes_field(kTag, tag) + bytes_field(kImage, image))));
}

void EventFile::append(std::int64_t step, const std::string& fields) {
  const std::chrono::duration<double> now = std::chrono::system_clock::now().time_since_epoch();
  const std::string event =
      field(kWallTime, kFixed64, bits_of<std::uint64_t>(now.count())) + int_field(kStep, step) + fields;
  const std::string length = little_endian(std::uint64_t{event.size()});
  file_ << length << little_endian(masked_checksum(length)) << event << little_endian(masked_checksum(event));
  if (!file_.flush()) {
    throw boxfeed::Error(boxfeed::Reason::kIoWrite, boxfeed::quoted(path_) + ": cannot be written", path_);
  }
}

}  // namespace localization
