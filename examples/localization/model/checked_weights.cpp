#include "model/checked_weights.h"

#include <boxfeed/core/error.h>
#include <boxfeed/core/file.h>
#include <xxhash.h>

#include <cstdint>
#include <vector>

#include "data/formatted.h"
#include "model/safetensors.h"

namespace localization {
namespace {

using boxfeed::quoted;

constexpr const char* kKind = "localize";
constexpr const char* kChecksum = "checksum";
/// What stands in the place of the checksum while it is computed.
const std::string kBlank = "xxh3:0000000000000000";
constexpr std::uint64_t kMaxBytes = std::uint64_t{8} << 30U;

/// The checksum of bytes in which it is blank.
std::string checksum(const std::string& bytes) {
  return formatted("xxh3:%016llx", static_cast<unsigned long long>(XXH3_64bits(bytes.data(), bytes.size())));
}

std::string text_of(const std::map<std::string, std::string>& metadata, const char* key) {
  const auto found = metadata.find(key);
  return found == metadata.end() ? std::string() : found->second;
}

}  // namespace

void write_checked(const std::string& path, const std::string& kind, Weights weights) {
  for (const auto& [name, tensor] : weights.tensors) {
    if (tensor.is_floating_point() && !tensor.isfinite().all().item<bool>()) {
      throw boxfeed::Error(boxfeed::Reason::kBadState,
                           quoted(path) + ": expected finite weights, got NaN or infinity in " + name, path);
    }
  }
  weights.metadata[kKind] = kind;
  weights.metadata[kChecksum] = kBlank;
  std::string bytes = format_weights(weights);
  const auto sum = checksum(bytes);
  boxfeed::write_file(path, bytes.replace(bytes.find(kBlank), sum.size(), sum));
}

Weights read_checked(const std::string& path, const std::string& kind) {
  const auto fail = [&](const std::string& what) { throw CheckpointError(quoted(path) + ": " + what); };
  try {
    std::vector<std::uint8_t> read;
    boxfeed::InputFile(path).read_all(read, kMaxBytes);
    std::string bytes(reinterpret_cast<const char*>(read.data()), read.size());
    const auto metadata = parse_safetensors(bytes, path).metadata;
    if (const auto found = text_of(metadata, kKind); found != kind) {
      fail("expected a file of localize with " + kind + ", got " +
           (found.empty() ? "one that is not of localize" : "one with " + found));
    }
    const auto sum = text_of(metadata, kChecksum);
    if (sum.size() == kBlank.size()) {
      const auto at = bytes.find(sum);
      if (at == std::string::npos) fail("the file is damaged: its checksum cannot be read");
      bytes.replace(at, sum.size(), kBlank);
    }
    if (sum != checksum(bytes)) fail("the file is damaged: its checksum is wrong");
    return parse_weights(bytes, path);
  } catch (const boxfeed::Error& error) {
    throw CheckpointError(error.what());
  }
}

}  // namespace localization
