#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace localization {

/// One tensor of a safetensors file.
struct SafetensorsEntry {
  std::string name;
  std::string dtype;  ///< BOOL, U8, I32, I64, F16, BF16, F32 or F64
  std::vector<std::int64_t> shape;
  std::string_view data;  ///< its numbers, the lowest byte first, the last dimension fastest
};

/// What is in a safetensors file. The entries' data lies in the bytes that it was read from.
struct Safetensors {
  std::vector<SafetensorsEntry> entries;        ///< in the order of their data
  std::map<std::string, std::string> metadata;  ///< `__metadata__` of the header
};

/// Finds the tensors in the bytes of a safetensors file. Every byte of the file belongs to the header or to one tensor.
///
/// `path` is for messages. Throws: `boxfeed::Error` with `kTruncated` for a file that is too short for what it says of
/// itself, `kUnsupported` for a type of numbers that is none of the above, `kSyntax` for everything else: what
/// is no header, a name that stands twice, an offset, a length or a shape that does not fit, gaps and overlaps.
/// Source: https://github.com/huggingface/safetensors#format
Safetensors parse_safetensors(std::string_view bytes, const std::string& path);

/// The bytes of a file with these tensors; the larger numbers come first, so that each lies at a multiple of its size.
/// Throws: `std::invalid_argument` for what `parse_safetensors` would refuse.
std::string format_safetensors(const Safetensors& safetensors);

}  // namespace localization
