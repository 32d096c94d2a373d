#include "data/augmentation.h"

#include <boxfeed/core/error.h>
#include <boxfeed/core/file.h>
#include <boxfeed/transforms/pipeline.h>

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
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

boxfeed::transforms::Pipeline augmentation_for(const Target& target, std::string& remark) {
  using boxfeed::transforms::augmentation_preset;
  if (!target.numbers.empty()) {
    remark = "augmentation: none, since plain numbers may say something about what it changes (--augment light)";
    return augmentation_preset("none");
  }
  auto light = augmentation_preset("light");
  if (target.keypoints.size() < 2 || !flip_pairs(target.keypoints).empty()) {
    remark = "augmentation: light";
    return light;
  }
  remark =
      "augmentation: light without mirrored images, since no keypoint is named left or right (--augment light mirrors)";
  auto json = nlohmann::json::parse(boxfeed::transforms::to_json(light));
  auto& transforms = json.at("transforms");
  for (auto it = transforms.begin(); it != transforms.end();) {
    it = it->at("name") == "RandomHorizontalFlip" ? transforms.erase(it) : it + 1;
  }
  return boxfeed::transforms::pipeline_from_json(json.dump());
}

}  // namespace localization
