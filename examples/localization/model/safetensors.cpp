#include "model/safetensors.h"

#include <boxfeed/core/error.h>

#include <algorithm>
#include <array>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <utility>

namespace localization {
namespace {

using boxfeed::Error;
using boxfeed::quoted;
using boxfeed::Reason;
using nlohmann::json;

constexpr std::size_t kPrefix = 8, kMaxHeader = 100'000'000, kMaxDimensions = 16;
constexpr const char* kMetadata = "__metadata__";

constexpr std::array<std::pair<std::string_view, std::uint64_t>, 8> kTypes{
    {{"BOOL", 1}, {"U8", 1}, {"I32", 4}, {"I64", 8}, {"F16", 2}, {"BF16", 2}, {"F32", 4}, {"F64", 8}}};

/// A file and the tensor in it that is being read, for messages.
struct Place {
  std::string path;
  std::string tensor{};

  std::string text() const { return quoted(path) + (tensor.empty() ? "" : ": tensor " + quoted(tensor)); }
  [[noreturn]] void fail(Reason reason, const std::string& message) const {
    throw Error(reason, text() + ": " + message, path);
  }
  void require(bool condition, const std::string& message) const {
    if (!condition) fail(Reason::kSyntax, message);
  }
};

/// The bytes of one number.
std::uint64_t bytes_of(const std::string& dtype, const Place& place) {
  for (const auto& [name, size] : kTypes) {
    if (dtype == name) return size;
  }
  place.fail(Reason::kUnsupported,
             "expected the dtype BOOL, U8, I32, I64, F16, BF16, F32 or F64, got " + quoted(dtype));
}

std::uint64_t header_length(std::string_view bytes, const Place& place) {
  if (bytes.size() < kPrefix) {
    place.fail(Reason::kTruncated,
               "expected the 8 bytes of a header's length, got a file of " + std::to_string(bytes.size()) + " bytes");
  }
  std::uint64_t length = 0;
  for (std::size_t i = kPrefix; i-- > 0;) length = length << 8U | static_cast<unsigned char>(bytes[i]);
  place.require(length <= kMaxHeader,
                "expected a safetensors file, whose first 8 bytes are the length of a header of at "
                "most 100000000 bytes, got " +
                    std::to_string(length));
  if (length > bytes.size() - kPrefix) {
    place.fail(Reason::kTruncated, "expected a header of " + std::to_string(length) + " bytes, got a file of " +
                                       std::to_string(bytes.size()) + " bytes");
  }
  return length;
}

/// The header as it stands; JSON itself would let the last of two equal names win.
json parse_header(std::string_view text, const Place& place) {
  place.require(!text.empty() && text.front() == '{', "expected a header that begins with {");
  place.require(text.find('\0') == std::string_view::npos, "expected a header without NUL");  // the parser would stop
  std::vector<std::set<std::string>> names;
  const auto check = [&](int depth, json::parse_event_t event, json& parsed) {
    place.require(depth <= 3, "expected a header of at most three levels");
    if (event == json::parse_event_t::object_start) names.emplace_back();
    if (event == json::parse_event_t::object_end) names.pop_back();
    if (event == json::parse_event_t::key) {
      const auto& name = parsed.get_ref<const std::string&>();
      place.require(names.back().insert(name).second, "the name " + quoted(name) + " stands twice in the header");
    }
    return true;
  };
  try {
    return json::parse(text, check);
  } catch (const json::exception& error) {
    place.fail(Reason::kSyntax, std::string("expected a header in JSON: ") + error.what());
  }
}

/// A whole number that is not negative and fits into 63 bits.
std::uint64_t number(const json& value, const char* what, const Place& place) {
  place.require(value.is_number_unsigned() &&
                    value.get<std::uint64_t>() <= std::uint64_t{std::numeric_limits<std::int64_t>::max()},
                std::string("expected ") + what + " to be whole numbers from 0 to 2^63 - 1, got " + value.dump());
  return value.get<std::uint64_t>();
}

const json& member(const json& entry, const char* name, json::value_t type, const Place& place) {
  const auto found = entry.find(name);
  place.require(found != entry.end() && found->type() == type,
                std::string("expected dtype (a text), shape and data_offsets (lists), got ") +
                    (found == entry.end() ? std::string("no ") + name : name + (": " + found->dump())));
  return *found;
}

/// The length in bytes of a tensor's data.
std::uint64_t length_of(const SafetensorsEntry& entry, const Place& place) {
  std::uint64_t length = bytes_of(entry.dtype, place);
  const bool empty = std::find(entry.shape.begin(), entry.shape.end(), 0) != entry.shape.end();
  for (const auto size : entry.shape) {
    place.require(empty || length <= std::numeric_limits<std::uint64_t>::max() / static_cast<std::uint64_t>(size),
                  "the shape has more numbers than can be counted");
    length *= static_cast<std::uint64_t>(size);
  }
  return empty ? 0 : length;
}

struct Range {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

/// An entry without its data, and where that is.
std::pair<Range, SafetensorsEntry> parse_entry(const std::string& name, const json& value, const Place& place) {
  place.require(value.is_object() && value.size() == 3, "expected dtype, shape and data_offsets and nothing else");
  SafetensorsEntry entry{name, member(value, "dtype", json::value_t::string, place).get<std::string>(), {}, {}};
  const auto& shape = member(value, "shape", json::value_t::array, place);
  place.require(shape.size() <= kMaxDimensions, "expected at most 16 dimensions, got " + std::to_string(shape.size()));
  for (const auto& size : shape) entry.shape.push_back(static_cast<std::int64_t>(number(size, "sizes", place)));
  const auto& offsets = member(value, "data_offsets", json::value_t::array, place);
  place.require(offsets.size() == 2, "expected two data_offsets, got " + std::to_string(offsets.size()));
  const Range range{number(offsets[0], "data_offsets", place), number(offsets[1], "data_offsets", place)};
  const auto expected = length_of(entry, place);
  place.require(range.begin <= range.end && range.end - range.begin == expected,
                "expected " + std::to_string(expected) + " bytes for " + entry.dtype + " of shape " + shape.dump() +
                    ", got data_offsets " + offsets.dump());
  return {range, std::move(entry)};
}

}  // namespace

Safetensors parse_safetensors(std::string_view bytes, const std::string& path) {
  const Place file{path};
  const auto length = header_length(bytes, file);
  const json header = parse_header(bytes.substr(kPrefix, length), file);
  const auto data = bytes.substr(kPrefix + length);
  Safetensors result;
  std::vector<std::pair<Range, SafetensorsEntry>> found;
  for (const auto& [name, value] : header.items()) {
    if (name != kMetadata) {
      found.push_back(parse_entry(name, value, {path, name}));
      continue;
    }
    file.require(value.is_object(), "expected __metadata__ to be texts by name");
    for (const auto& [key, text] : value.items()) {
      file.require(text.is_string(), "expected __metadata__ to be texts by name, got " + text.dump());
      result.metadata[key] = text.get<std::string>();
    }
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return std::pair(a.first.begin, a.first.end) < std::pair(b.first.begin, b.first.end);
  });
  std::uint64_t at = 0;
  for (auto& [range, entry] : found) {
    const Place place{path, entry.name};
    place.require(range.begin == at, std::string("expected data without ") + (range.begin < at ? "overlaps" : "gaps") +
                                         " from byte " + std::to_string(at) + " on, got data from byte " +
                                         std::to_string(range.begin) + " on");
    if (range.end > data.size()) {
      place.fail(Reason::kTruncated, "expected data up to byte " + std::to_string(range.end) + ", got " +
                                         std::to_string(data.size()) + " bytes of data");
    }
    entry.data = data.substr(range.begin, range.end - range.begin);
    if (entry.dtype == "BOOL") {
      place.require(std::all_of(entry.data.begin(), entry.data.end(), [](char c) { return c == 0 || c == 1; }),
                    "expected the bytes 0 and 1 for BOOL, got another");
    }
    at = range.end;
    result.entries.push_back(std::move(entry));
  }
  file.require(at == data.size(), "expected " + std::to_string(at) + " bytes of data, as the header says, got " +
                                      std::to_string(data.size()));
  return result;
}

std::string format_safetensors(const Safetensors& safetensors) {
  try {
    std::vector<const SafetensorsEntry*> entries;
    for (const auto& entry : safetensors.entries) entries.push_back(&entry);
    std::stable_sort(entries.begin(), entries.end(), [](const auto* a, const auto* b) {
      return bytes_of(a->dtype, {"", a->name}) > bytes_of(b->dtype, {"", b->name});
    });
    json header{{kMetadata, safetensors.metadata}};
    std::string data;
    for (const auto* entry : entries) {
      const std::array<std::size_t, 2> offsets{data.size(), data.size() + entry->data.size()};
      if (header.contains(entry->name))
        throw std::invalid_argument("the name " + quoted(entry->name) + " stands twice");
      header[entry->name] = {{"dtype", entry->dtype}, {"shape", entry->shape}, {"data_offsets", offsets}};
      data += entry->data;
    }
    std::string text = header.dump();
    text.append((kPrefix - text.size() % kPrefix) % kPrefix, ' ');
    std::string bytes;
    for (unsigned shift = 0; shift < 64; shift += 8) bytes += static_cast<char>(text.size() >> shift & 0xFFU);
    bytes += text;
    bytes += data;
    parse_safetensors(bytes, "what is written");
    return bytes;
  } catch (const std::exception& error) {
    throw std::invalid_argument(std::string("format_safetensors: ") + error.what());
  }
}

}  // namespace localization
