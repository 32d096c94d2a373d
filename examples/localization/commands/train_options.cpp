#include "commands/train_options.h"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string_view>

#include "commands/annotation_options.h"
#include "data/preprocessing.h"
#include "model/backbone.h"

namespace localization {
namespace {

void add_data_options(CLI::App& command, TrainCommandOptions& options) {
  auto* formats = add_annotation_options(command, options.files.annotations, false);
  add_validation_options(command, *formats, options.files.validation, options.files.val_fraction,
                         options.files.split_by_hash);
  add_skip_option(command, options.skip);
  command.add_option("--data", options.made, "Folder of the data set that is made where no annotations are given")
      ->capture_default_str();
  command
      .add_option("--target", options.target,
                  "What is learned of the labels: box (and class), keypoints, numbers, or all that there is")
      ->check(CLI::IsMember({"all", "box", "keypoints", "numbers"}))
      ->capture_default_str();
  command
      .add_option("--cache", options.cache,
                  "Keep decoded images, so that each is decoded once: memory (up to half of what is free), or disk (in "
                  "a file beside the images, for the next runs, too)")
      ->check(CLI::IsMember({"none", "memory", "disk"}))
      ->capture_default_str();
  command.add_option("--overfit", options.overfit, "Train and validate on the first N images, as they are, as a test")
      ->check(CLI::Range(1, 1000000));
}

void add_network_options(CLI::App& command, TrainCommandOptions& options) {
  command.add_option("--size", options.size, "Height and width of the network's input")
      ->expected(2)
      ->check(CLI::Range(32, 4096))
      ->type_name("H W")
      ->capture_default_str();
  command.add_flag("--letterbox", options.letterbox, "Keep the shape of the images, on gray, rather than stretch them");
  command
      .add_option("--augment", options.augment,
                  "none, light, strong, a pipeline as JSON (a file that ends in .json), or auto: light as far as the "
                  "labels survive it")
      ->capture_default_str();
  command.add_option("--channels", options.channels, "3 (RGB) or 1 (gray)")
      ->check(CLI::IsMember({1, 3}))
      ->capture_default_str();
  const auto names = backbone_names();
  command.add_option("--backbone", options.backbone, "The network that makes features of images")
      ->check(CLI::IsMember(std::set<std::string>(names.begin(), names.end())))
      ->capture_default_str();
  command.add_option("--weights", options.weights,
                     "Weights of the backbone to begin with, a safetensors file as torchvision or timm publish it");
  command.add_flag("--freeze", options.train.freeze, "Leave the backbone as it is");
}

void add_training_options(CLI::App& command, TrainCommandOptions& options) {
  auto& train = options.train;
  command.add_option("--epochs", train.epochs)->check(CLI::Range(1, 100000))->capture_default_str();
  command.add_option("--time", train.minutes, "Minutes that the training takes, if that is less than all epochs")
      ->check(CLI::Range(0.01, 1e6));
  command.add_option("--patience", train.patience, "End after so many epochs without a better one")
      ->check(CLI::Range(1, 100000));
  command.add_option("--batch", train.batch, "Images of a step, of all processes together")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  command.add_flag("--sync-batch-norm", train.sync_norm,
                   "Normalize over the batch of all processes that train together, rather than that of each");
  command.add_option("--lr", options.lr, "The highest learning rate (default: by the backbone)")
      ->check(CLI::Range(1e-9, 10.0));
  command.add_option("--backbone-lr", options.backbone_lr, "The same for the backbone (default: as --lr)")
      ->check(CLI::Range(1e-9, 10.0));
  command.add_option("--weight-decay", train.weight_decay)->check(CLI::Range(0.0, 10.0))->capture_default_str();
  command.add_option("--clip", train.clip, "The longest gradient")->check(CLI::Range(1e-6, 1e6))->capture_default_str();
  command.add_option("--average", options.average, "Decay of the weights' moving average (default: by the backbone)")
      ->check(CLI::Range(0.0, 0.99999));
  command.add_option("--save-minutes", train.save_minutes, "Minutes between two savings within an epoch")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  command.add_option("--seed", train.seed)->capture_default_str();
  add_device_options(command, options.device);
}

void add_run_options(CLI::App& command, TrainCommandOptions& options) {
  command.add_option("--log", options.log, "text, or json: an object a line")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command.add_flag("--quiet", options.quiet, "Say nothing but errors");
  command.add_flag("--dry-run", options.dry_run, "Do everything up to the first step, and write nothing")
      ->configurable(false);
  add_run_option(command, options.run);
  command
      .add_option("--resume", options.resume,
                  "Go on with a run that was stopped: its folder, or the latest below runs/; auto: with that of --run, "
                  "or the latest, where there is one, else begin")
      ->expected(0, 1)
      ->configurable(false);
  command
      .add_option("--timeout", options.timeout,
                  "Seconds that one of several processes waits for another before it ends")
      ->check(CLI::Range(1.0, 1e6))
      ->configurable(false)
      ->capture_default_str();
}

}  // namespace

bool TrainCommandOptions::has_annotations() const { return files.annotations.any(); }

void TrainCommandOptions::check(const CLI::App& command) const {
  const auto demand = [&](const char* option, bool fits, const char* needs) {
    if (command.count(option) > 0 && !fits) throw std::invalid_argument(std::string(option) + ": " + needs);
  };
  for (const auto& option : annotation_details()) {
    demand(option.c_str(), has_annotations(), "needs --csv, --coco, --voc or --yolo");
  }
  if (train.batch % train.group.size() != 0) {
    throw std::invalid_argument("--batch: expected a multiple of the " + std::to_string(train.group.size()) +
                                " processes, which share it, got " + std::to_string(train.batch));
  }
  demand("--data", !has_annotations(), "is for a training without --csv, --coco, --voc and --yolo");
}

TargetKind TrainCommandOptions::target_kind() const {
  if (target == "box") return TargetKind::kBox;
  if (target == "keypoints") return TargetKind::kKeypoints;
  return target == "numbers" ? TargetKind::kNumbers : TargetKind::kAll;
}

Talk TrainCommandOptions::talk() const {
  if (quiet) return Talk::kQuiet;
  return log == "json" ? Talk::kJson : Talk::kText;
}

TrainOptions TrainCommandOptions::train_options() const {
  const bool small = backbone == "small";
  auto decided = train;
  decided.lr = lr.value_or(small ? 4e-3 : 1e-3);
  decided.average = average.value_or(small ? 0.99 : 0.98);
  decided.backbone_lr = backbone_lr.value_or(decided.lr);
  decided.device = device.parsed();
  decided.workers = device.workers_or_default();
  decided.threads = device.threads_or_default();
  return decided;
}

Preprocessing TrainCommandOptions::preprocessing() const {
  const auto& kind = backbone_kind(backbone);
  Preprocessing all;
  all.image_size = {size[0], size[1]};
  all.pipeline = fitting(all.image_size, letterbox);
  all.channels = channels;
  all.mean = kind.mean;
  all.std = kind.std;
  if (channels == 1) {  // one value for the one channel
    all.mean.resize(1);
    all.std.resize(1);
  }
  return all;
}

void add_train_options(CLI::App& command, TrainCommandOptions& options) {
  add_data_options(command, options);
  add_network_options(command, options);
  add_training_options(command, options);
  add_run_options(command, options);
}

void check_resume_options(const CLI::App& command) {
  static const std::set<std::string> kAllowed{"--resume", "--workers", "--threads", "--log", "--quiet", "--timeout"};
  const auto check = [](const CLI::App& app, auto&& recurse) -> void {
    for (const auto* option : app.get_options()) {
      if (option->count() > 0 && kAllowed.count(option->get_name()) == 0) {
        throw std::invalid_argument(
            option->get_name() +
            ": a run that goes on has its options already; only --workers, --threads, --log, --quiet and --timeout can "
            "be given");
      }
    }
    for (const auto* group : app.get_subcommands([](const CLI::App* sub) { return sub->get_name().empty(); })) {
      recurse(*group, recurse);
    }
  };
  check(command, check);
}

void check_same_options(const std::string& config, const std::string& other, const std::string& there,
                        const std::string& here) {
  static const std::set<std::string> kMayDiffer{"workers", "threads", "log", "quiet"};
  const auto options_of = [](const std::string& text) {
    std::map<std::string, std::string> options;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      const auto name = line.substr(0, line.find('='));
      if (!line.empty() && line[0] != '#' && kMayDiffer.count(name) == 0) options[name] = line;
    }
    return options;
  };
  auto options = options_of(config);
  const auto others = options_of(other);
  for (const auto& [name, line] : others) options.emplace(name, "no " + name);
  const auto line_of_other = [&](const std::string& name) {
    const auto found = others.find(name);
    return found == others.end() ? "no " + name : found->second;
  };
  const auto different = std::find_if(options.begin(), options.end(),
                                      [&](const auto& option) { return option.second != line_of_other(option.first); });
  if (different == options.end()) return;
  throw std::invalid_argument(there + " has other options than " + here + ": " + different->second + ", rather than " +
                              line_of_other(different->first));
}

std::string config_text(CLI::App& command, const TrainCommandOptions& options) {
  const auto decided = options.train_options();
  const auto set = [&](const char* name, auto value) {
    std::ostringstream text;
    text << value;
    command.get_option(name)->default_str(text.str());
  };
  set("--workers", decided.workers);
  set("--threads", decided.threads);
  set("--lr", decided.lr);
  set("--backbone-lr", decided.backbone_lr);
  set("--average", decided.average);
  // CLI11 would write a default of two values as one text, which it cannot read.
  if (auto* size = command.get_option("--size"); size->count() == 0) {
    for (const auto side : options.size) size->add_result(std::to_string(side));
  }
  // Without the options that were not given and have no default, which CLI11 writes as empty texts, and such flags.
  std::istringstream all(command.config_to_str(true, true));
  std::string out = "# The options of this run, for localize train --config FILE\n[train]\n", comment;
  for (std::string line; std::getline(all, line);) {
    if (line.empty() || line[0] == '#') {
      comment += line + "\n";
      continue;
    }
    const std::string value = line.substr(line.find('=') + 1);
    const bool empty = value == "\"\"" || value == "[]" || value == "false";
    const bool unused = options.has_annotations() && command.count("--data") == 0 && line.rfind("data=", 0) == 0;
    if (!empty && !unused) out += comment + line + "\n";
    comment.clear();
  }
  return out;
}

}  // namespace localization
