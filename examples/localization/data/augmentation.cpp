#include "data/augmentation.h"

#include <boxfeed/core/error.h>
#include <boxfeed/core/file.h>
#include <boxfeed/transforms/pipeline.h>

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

namespace localization {
namespace {

constexpr std::uint64_t kMaxBytes = 1 << 20;

}  // namespace

boxfeed::transforms::Pipeline load_augmentation(const std::string& name_or_file) {
  if (std::filesystem::path(name_or_file).extension() != ".json")
    return boxfeed::transforms::augmentation_preset(name_or_file);
  std::vector<std::uint8_t> bytes;
  boxfeed::InputFile(name_or_file).read_all(bytes, kMaxBytes);
  try {
    return boxfeed::transforms::pipeline_from_json({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  } catch (const boxfeed::Error& error) {
    throw boxfeed::Error(error.reason(), name_or_file + ": " + error.what(), name_or_file);
  }
}

}  // namespace localization
