#include "model/saved_model.h"

#include <boxfeed/core/error.h>
#include <boxfeed/transforms/pipeline.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace localization {
namespace {

using nlohmann::json;

constexpr const char* kModel = "weights, version 2";
constexpr const char* kDescription = "description";

json json_of(const Target& target) {
  json numbers = json::array();
  for (const auto& number : target.numbers) {
    numbers.push_back({{"name", number.name}, {"mean", number.mean}, {"std", number.std}});
  }
  return {{"box", target.box},
          {"classes", target.classes},
          {"keypoints", target.keypoints},
          {"visibility", target.visibility},
          {"numbers", numbers}};
}

Target target_of(const json& saved) {
  Target target;
  saved.at("box").get_to(target.box);
  saved.at("classes").get_to(target.classes);
  saved.at("keypoints").get_to(target.keypoints);
  saved.at("visibility").get_to(target.visibility);
  for (const auto& number : saved.at("numbers")) {
    target.numbers.push_back({number.at("name"), number.at("mean"), number.at("std")});
  }
  return target;
}

json json_of(const Preprocessing& preprocessing) {
  return {{"image_size", {preprocessing.image_size.height, preprocessing.image_size.width}},
          {"channels", preprocessing.channels},
          {"pipeline", json::parse(boxfeed::transforms::to_json(preprocessing.pipeline))},
          {"mean", preprocessing.mean},
          {"std", preprocessing.std}};
}

Preprocessing preprocessing_of(const json& saved) {
  Preprocessing preprocessing;
  saved.at("image_size").at(0).get_to(preprocessing.image_size.height);
  saved.at("image_size").at(1).get_to(preprocessing.image_size.width);
  saved.at("channels").get_to(preprocessing.channels);
  preprocessing.pipeline = boxfeed::transforms::pipeline_from_json(saved.at("pipeline").dump());
  saved.at("mean").get_to(preprocessing.mean);
  saved.at("std").get_to(preprocessing.std);
  return preprocessing;
}

ModelDescription description_of(const std::string& text) {
  const auto saved = json::parse(text);
  ModelDescription description;
  saved.at("backbone").get_to(description.network.backbone);
  description.target = target_of(saved.at("target"));
  description.preprocessing = preprocessing_of(saved.at("preprocessing"));
  description.augmentation = boxfeed::transforms::pipeline_from_json(saved.at("augmentation").dump());
  saved.at("metric").get_to(description.metric);
  saved.at("epoch").get_to(description.epoch);
  description.network.channels = description.preprocessing.channels;
  description.network.outputs = outputs_of(description.target);
  return description;
}

}  // namespace

Outputs outputs_of(const Target& target) {
  return {target.box, static_cast<std::int64_t>(target.keypoints.size()), target.visibility,
          static_cast<std::int64_t>(target.numbers.size()), static_cast<std::int64_t>(target.classes.size())};
}

void save_model(const std::string& path, const Network& network, const ModelDescription& description) {
  const json text{{"backbone", description.network.backbone},
                  {"target", json_of(description.target)},
                  {"preprocessing", json_of(description.preprocessing)},
                  {"augmentation", json::parse(boxfeed::transforms::to_json(description.augmentation))},
                  {"metric", description.metric},
                  {"epoch", description.epoch}};
  write_checked(path, kModel, {state_dict(*network), {{kDescription, text.dump()}}});
}

SavedModel load_model(const std::string& path) {
  const auto weights = read_checked(path, kModel);
  try {
    SavedModel model;
    model.description = description_of(weights.metadata.at(kDescription));
    model.network = Network(model.description.network);
    load_weights(*model.network, weights.tensors, path);
    model.network->eval();
    return model;
  } catch (const boxfeed::Error& error) {
    throw CheckpointError(error.what());
  } catch (const std::exception& error) {  // a description that another version wrote
    throw CheckpointError(boxfeed::quoted(path) + ": expected a description of the network, got " + error.what());
  }
}

}  // namespace localization
