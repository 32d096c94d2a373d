#include "report/event_file.h"

#include <boxfeed/core/error.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/temporary_folder.h"

using boxfeed::testing::TemporaryFolder;
using localization::EventFile;

namespace {

/// CRC-32C, a bit at a time, and its mask.
std::uint32_t masked_crc(const std::string& bytes) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (const unsigned char byte : bytes) {
    for (int bit = 0; bit < 8; ++bit) {
      const bool odd = ((crc ^ (byte >> bit)) & 1U) != 0;
      crc = crc >> 1 ^ (odd ? 0x82F63B78U : 0);
    }
  }
  crc = ~crc;
  return ((crc >> 15) | (crc << 17)) + 0xA282EAD8U;
}

template <typename Number>
Number number_at(const std::string& bytes, std::size_t at) {
  Number number;
  REQUIRE(at + sizeof number <= bytes.size());
  std::memcpy(&number, bytes.data() + at, sizeof number);
  return number;
}

/// The events of a file, their checksums verified.
std::vector<std::string> events_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  std::vector<std::string> events;
  for (std::size_t at = 0; at < bytes.size();) {
    const auto length = number_at<std::uint64_t>(bytes, at);
    CHECK(number_at<std::uint32_t>(bytes, at + 8) == masked_crc(bytes.substr(at, 8)));
    events.push_back(bytes.substr(at + 12, length));
    CHECK(number_at<std::uint32_t>(bytes, at + 12 + length) == masked_crc(events.back()));
    at += 16 + length;
  }
  return events;
}

/// What follows the time of an event, which is field 1 and takes nine bytes.
std::string after_time(const std::string& event) {
  REQUIRE(event.size() > 9);
  CHECK(event[0] == '\x09');
  const auto seconds = number_at<double>(event, 1);
  CHECK(seconds > 1.6e9);
  return event.substr(9);
}

std::string text(const char* bytes, std::size_t count) { return {bytes, count}; }

}  // namespace

TEST_CASE("events are written as TensorBoard's protocol has them") {
  CHECK(masked_crc("123456789") == ((0xE3069283U >> 15) | (0xE3069283U << 17)) + 0xA282EAD8U);
  const TemporaryFolder folder;
  EventFile file(folder.path().string(), 5);
  file.scalar(300, "loss", 0.5);
  file.image(7, "sheet", "PNG", {2, 130});
  const auto events = events_of(file.path());
  REQUIRE(events.size() == 4);
  CHECK(after_time(events[0]) == text("\x10\x00\x1A\x0D", 4) + "brain.Event:2");
  CHECK(after_time(events[1]) == text("\x10\x05\x3A\x02\x08\x01", 6));
  // Step 300 is AC 02; a summary of 13 bytes, in it a value of 11: the tag, and 0.5 as a float.
  CHECK(after_time(events[2]) == text("\x10\xAC\x02\x2A\x0D\x0A\x0B\x0A\x04loss\x15\x00\x00\x00\x3F", 18));
  CHECK(after_time(events[3]) ==
        text("\x10\x07\x2A\x17\x0A\x15\x0A\x05sheet\x22\x0C\x08\x02\x10\x82\x01\x18\x03\x22\x03PNG", 27));
}

TEST_CASE("files of events are read in the order in which they were begun") {
  const TemporaryFolder folder;
  std::string before;
  for (int i = 0; i < 12; ++i) {
    const EventFile file(folder.path().string(), i);
    CHECK(file.path() > before);
    CHECK_FALSE(std::filesystem::is_empty(file.path()));
    before = file.path();
  }
}

TEST_CASE("a file of events that cannot be written is an error that names it") {
  try {
    const EventFile file("/dev/null/run", 0);
    FAIL("it was not refused");
  } catch (const boxfeed::Error& error) {
    CHECK(error.reason() == boxfeed::Reason::kIoWrite);
    CHECK_THAT(error.what(), Catch::Matchers::ContainsSubstring("/dev/null/run"));
  }
}
