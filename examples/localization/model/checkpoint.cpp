#include "model/checkpoint.h"

#include <boxfeed/core/error.h>
#include <boxfeed/core/file.h>
#include <boxfeed/transforms/pipeline.h>
#include <xxhash.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string_view>
#include <utility>

namespace localization {
namespace {

using boxfeed::Error;
using boxfeed::Reason;
using nlohmann::json;

constexpr std::string_view kMagic = "boxfeedW";
constexpr std::uint64_t kVersion = 2, kMaxBytes = std::uint64_t{1} << 30;
constexpr std::size_t kNumber = 8, kPrefix = kMagic.size() + 3 * kNumber;

/// 64 bits, the lowest byte first.
void append_number(std::string& bytes, std::uint64_t number) {
  for (unsigned shift = 0; shift < 64; shift += 8) bytes += static_cast<char>(number >> shift & 0xFF);
}

std::uint64_t number_at(std::string_view bytes, std::size_t offset) {
  std::uint64_t number = 0;
  for (std::size_t i = kNumber; i-- > 0;) number = number << 8 | static_cast<unsigned char>(bytes[offset + i]);
  return number;
}

std::uint64_t checksum(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

/// Names and shapes of all that is saved of a network: [["head.bias", [5]], ...].
json shapes_of(const Localizer& network) {
  json shapes = json::array();
  for (const auto& item : network->named_parameters()) shapes.push_back({item.key(), item.value().sizes().vec()});
  for (const auto& item : network->named_buffers()) shapes.push_back({item.key(), item.value().sizes().vec()});
  return shapes;
}

void check_finite(const std::string& path, const Localizer& network) {
  for (const auto& item : network->named_parameters()) {
    if (item.value().isfinite().all().item<bool>()) continue;
    throw Error(Reason::kBadState, "expected finite weights to save, got NaN or infinity in " + item.key(), path);
  }
}

/// The two parts of a file after its checksum was found right.
struct Parts {
  json header;
  std::string weights;
};

Parts read_parts(const std::string& path) {
  std::vector<std::uint8_t> buffer;
  boxfeed::InputFile(path).read_all(buffer, kMaxBytes);
  const std::string_view bytes(reinterpret_cast<const char*>(buffer.data()), buffer.size());
  const auto fail = [&](Reason reason, const std::string& what) {
    throw Error(reason, boxfeed::quoted(path) + ": " + what, path);
  };
  if (bytes.size() < kPrefix + kNumber || bytes.substr(0, kMagic.size()) != kMagic) {
    fail(Reason::kFormatVersion, "expected weights saved by localize, got another kind of file");
  }
  if (const auto version = number_at(bytes, kMagic.size()); version != kVersion) {
    fail(Reason::kFormatVersion,
         "expected format version " + std::to_string(kVersion) + ", got " + std::to_string(version));
  }
  const auto header = number_at(bytes, kMagic.size() + kNumber),
             weights = number_at(bytes, kMagic.size() + 2 * kNumber);
  if (header > kMaxBytes || weights > kMaxBytes || kPrefix + header + weights + kNumber != bytes.size()) {
    fail(Reason::kChecksum, "the file is damaged: its length is not the one that its beginning says");
  }
  const auto covered = bytes.substr(0, bytes.size() - kNumber);
  if (checksum(covered) != number_at(bytes, covered.size())) {
    fail(Reason::kChecksum, "the file is damaged: its checksum is wrong");
  }
  return {json::parse(covered.substr(kPrefix, header)), std::string(covered.substr(kPrefix + header))};
}

ModelDescription description_of(const json& header) {
  ModelDescription description;
  header.at("channels").get_to(description.model.channels);
  header.at("width").get_to(description.model.width);
  const auto& saved = header.at("preprocessing");
  auto& preprocessing = description.preprocessing;
  saved.at("image_size").at(0).get_to(preprocessing.image_size.height);
  saved.at("image_size").at(1).get_to(preprocessing.image_size.width);
  preprocessing.pipeline = boxfeed::transforms::pipeline_from_json(saved.at("pipeline").dump());
  saved.at("mean").get_to(preprocessing.mean);
  saved.at("std").get_to(preprocessing.std);
  preprocessing.channels = description.model.channels;
  description.augmentation = boxfeed::transforms::pipeline_from_json(header.at("augmentation").dump());
  header.at("best_iou").get_to(description.best_iou);
  header.at("epoch").get_to(description.epoch);
  return description;
}

void load_weights(const std::string& path, const Parts& parts, Localizer& network) {
  const json shapes = shapes_of(network);
  if (const auto& saved = parts.header.at("shapes"); saved != shapes) {
    std::string differences;
    const auto list = [&](const json& some, const json& others, const std::string& where) {
      for (const auto& shape : some) {
        if (std::find(others.begin(), others.end(), shape) != others.end()) continue;
        differences += "; only in the " + where + ": " + shape[0].get<std::string>() + " " + shape[1].dump();
      }
    };
    list(saved, shapes, "file");
    list(shapes, saved, "network");
    throw Error(Reason::kModelMismatch, boxfeed::quoted(path) + ": the weights are another network's" + differences,
                path);
  }
  std::istringstream stream(parts.weights);
  torch::load(network, stream);
}

}  // namespace

void save_checkpoint(const std::string& path, Localizer network, const ModelDescription& description) {
  check_finite(path, network);
  const auto& preprocessing = description.preprocessing;
  const json header{{"channels", description.model.channels},
                    {"width", description.model.width},
                    {"preprocessing",
                     {{"image_size", {preprocessing.image_size.height, preprocessing.image_size.width}},
                      {"pipeline", json::parse(boxfeed::transforms::to_json(preprocessing.pipeline))},
                      {"mean", preprocessing.mean},
                      {"std", preprocessing.std}}},
                    {"augmentation", json::parse(boxfeed::transforms::to_json(description.augmentation))},
                    {"box_units", "fractions"},
                    {"best_iou", description.best_iou},
                    {"epoch", description.epoch},
                    {"shapes", shapes_of(network)}};
  std::ostringstream stream;
  torch::save(network, stream);
  const std::string text = header.dump(), weights = stream.str();
  std::string bytes(kMagic);
  for (const std::uint64_t number : {kVersion, std::uint64_t{text.size()}, std::uint64_t{weights.size()}}) {
    append_number(bytes, number);
  }
  bytes += text;
  bytes += weights;
  append_number(bytes, checksum(bytes));
  boxfeed::write_file(path, bytes);
}

TrainedModel load_checkpoint(const std::string& path) {
  const Parts parts = read_parts(path);
  TrainedModel trained;
  trained.description = description_of(parts.header);
  trained.network = Localizer(trained.description.model);
  load_weights(path, parts, trained.network);
  trained.network->eval();
  return trained;
}

void load_checkpoint(const std::string& path, Localizer network) { load_weights(path, read_parts(path), network); }

}  // namespace localization
