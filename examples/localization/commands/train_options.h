#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "commands/command.h"
#include "data/data_sets.h"
#include "model/saved_model.h"
#include "report/console.h"
#include "training/trainer.h"

namespace localization {

/// For --resume: go on where there is something to go on with, else begin.
constexpr const char* kAuto = "auto";

/// The options of `localize train`, as they are given.
struct TrainCommandOptions {
  DataFiles files;
  SkipBad skip;
  std::string made = "localize-data";
  std::string target = "all";
  std::size_t overfit = 0;
  std::string cache = "none";
  std::vector<std::int64_t> size{96, 128};
  bool letterbox = false;
  std::string augment = "auto";
  std::int64_t channels = 3;
  std::string backbone = "small";
  std::string weights;
  std::optional<double> lr, backbone_lr, average;
  DeviceOptions device;
  TrainOptions train;
  std::string log = "text";
  bool quiet = false;
  bool dry_run = false;
  std::optional<std::string> run;
  std::optional<std::string> resume;  ///< empty: the latest run; `kAuto`: the same, or a new one
  double timeout = 300;               ///< seconds that one of several processes waits for the others

  bool has_annotations() const;
  bool resumes_if_possible() const { return resume == kAuto; }
  /// Throws: `std::invalid_argument` for options that do not go together, wherever they come from.
  void check(const CLI::App& command) const;
  TargetKind target_kind() const;
  Talk talk() const;
  /// With everything that is decided by what was given.
  TrainOptions train_options() const;
  Preprocessing preprocessing() const;
};

/// Adds all of them to a command.
void add_train_options(CLI::App& command, TrainCommandOptions& options);

/// Throws: `std::invalid_argument` where beside --resume an option was given that would change the training.
void check_resume_options(const CLI::App& command);

/// Throws: `std::invalid_argument` where two texts of `config_text` are not of the same training, with what differs.
/// `there` and `here` say whose they are.
void check_same_options(const std::string& config, const std::string& other, const std::string& there,
                        const std::string& here);

/// The options that were given or stand by themselves, as a file for --config.
std::string config_text(CLI::App& command, const TrainCommandOptions& options);

}  // namespace localization
