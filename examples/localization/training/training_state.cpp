#include "training/training_state.h"

#include <ATen/Context.h>
#include <boxfeed/core/error.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "model/checked_weights.h"
#include "training/optimization.h"

namespace localization {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

constexpr const char* kTraining = "training, version 1";
constexpr const char* kState = "state";
constexpr const char* kLast = "last.safetensors";
constexpr const char* kPrevious = "previous.safetensors";

using Tensors = std::map<std::string, torch::Tensor>;

void add(Tensors& tensors, const std::string& prefix, const Tensors& more) {
  for (const auto& [name, tensor] : more) tensors[prefix + name] = tensor;
}

/// Those with the prefix, without it.
Tensors part_of(const Tensors& tensors, const std::string& prefix) {
  Tensors part;
  for (const auto& [name, tensor] : tensors) {
    if (name.rfind(prefix, 0) == 0) part[name.substr(prefix.size())] = tensor;
  }
  return part;
}

at::Generator generator(const torch::Device& device) { return at::globalContext().defaultGenerator(device); }

std::string text_of(const TrainingState& state) {
  ordered_json results = ordered_json::array();
  for (const auto& result : state.results) results.push_back(json_of(result));
  return ordered_json{{"epoch", state.epoch},       {"step", state.step}, {"seen", state.seen},
                      {"loss_sum", state.loss_sum}, {"rate", state.rate}, {"loader", state.loader},
                      {"seconds", state.seconds},   {"data", state.data}, {"results", results}}
      .dump();
}

TrainingState state_of(const std::string& text) {
  const auto saved = ordered_json::parse(text);
  TrainingState state{saved.at("epoch"), saved.at("step"),   saved.at("seen"),    saved.at("loss_sum"),
                      saved.at("rate"),  saved.at("loader"), saved.at("seconds"), {},
                      saved.at("data")};
  for (const auto& result : saved.at("results")) state.results.push_back(epoch_result_of(result));
  return state;
}

/// All of a training.
Weights weights_of(const Trained& trained, const TrainingState& state) {
  Weights all;
  add(all.tensors, "network.", state_dict(trained.network));
  add(all.tensors, "average.", state_dict(trained.average));
  add(all.tensors, "optimizer.", optimizer_state(trained.optimizer));
  all.tensors["random.cpu"] = generator(torch::kCPU).get_state();
  const auto device = trained.network.parameters().front().device();
  if (!device.is_cpu()) all.tensors["random.device"] = generator(device).get_state();
  all.metadata[kState] = text_of(state);
  return all;
}

/// Puts it back. `path` is for messages.
TrainingState put_back(const Weights& all, const Trained& trained, const std::string& path) {
  auto state = state_of(all.metadata.at(kState));
  load_weights(trained.network, part_of(all.tensors, "network."), path);
  load_weights(trained.average, part_of(all.tensors, "average."), path);
  load_optimizer_state(trained.optimizer, part_of(all.tensors, "optimizer."));
  const auto device = trained.network.parameters().front().device();
  generator(torch::kCPU).set_state(all.tensors.at("random.cpu"));
  const auto found = all.tensors.find("random.device");
  if (!device.is_cpu() && found != all.tensors.end()) generator(device).set_state(found->second);
  return state;
}

TrainingState load(const std::string& path, const Trained& trained) {
  const auto all = read_checked(path, kTraining);
  try {
    return put_back(all, trained, path);
  } catch (const std::exception& error) {
    throw CheckpointError(boxfeed::quoted(path) + ": expected the state of this training, got " + error.what());
  }
}

}  // namespace

void save_training(const RunFolder& folder, const Trained& trained, const TrainingState& state) {
  auto all = weights_of(trained, state);
  const std::string last = folder / kLast, between = folder / "previous.tmp";
  std::error_code error;  // a folder that cannot be written is told below
  fs::remove(between, error);
  fs::create_hard_link(last, between, error);
  if (error) fs::copy_file(last, between, error);  // where the file system has no links; there may be no file, too
  if (!error) fs::rename(between, folder / kPrevious, error);
  write_checked(last, kTraining, std::move(all));
}

void share_training(const ProcessGroup& group, const Trained& trained, TrainingState& state) {
  if (group.size() == 1) return;
  const auto bytes = group.broadcast(group.is_main() ? format_weights(weights_of(trained, state)) : std::string());
  if (!group.is_main()) state = put_back(parse_weights(bytes, "rank 0"), trained, "rank 0");
}

bool has_training(const RunFolder& folder) {
  std::error_code ignored;
  return fs::exists(folder / kLast, ignored) || fs::exists(folder / kPrevious, ignored);
}

TrainingState load_training(const RunFolder& folder, const Trained& trained, std::vector<std::string>& remarks) {
  std::error_code ignored;
  const std::string last = folder / kLast, previous = folder / kPrevious;
  const bool has_last = fs::exists(last, ignored), has_previous = fs::exists(previous, ignored);
  if (!has_last && !has_previous) {
    throw CheckpointError(boxfeed::quoted(folder.path()) + ": expected " + kLast +
                          ", which a training leaves there after its first epoch, found none");
  }
  if (has_last || !has_previous) {
    try {
      return load(last, trained);
    } catch (const CheckpointError& error) {
      if (!has_previous) throw;
      remarks.push_back(std::string(error.what()) + "; going on from the one before, " + kPrevious);
    }
  } else {
    remarks.push_back(std::string("there is no ") + kLast + "; going on from the one before, " + kPrevious);
  }
  return load(previous, trained);
}

}  // namespace localization
