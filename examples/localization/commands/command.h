#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>

#include "training/device.h"

namespace localization {

/// One of the program's commands: what stands behind `localize NAME`.
class Command {
 public:
  explicit Command(CLI::App& command) : command_(command) {}
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;
  virtual ~Command() = default;

  bool chosen() const { return command_.parsed(); }

  /// Returns the exit code. Throws: `std::invalid_argument` for wrong options, `CheckpointError` for weights and saved
  /// trainings that cannot be used, other exceptions for wrong data.
  virtual int run() = 0;

 protected:
  CLI::App& command() { return command_; }

 private:
  CLI::App& command_;
};

/// Exit codes, beside `kLostRankCode`.
constexpr int kWrongOptions = 2, kBadData = 3, kBadCheckpoint = 4, kStopped = 130;

std::unique_ptr<Command> train_command(CLI::App& app);
std::unique_ptr<Command> check_command(CLI::App& app);
std::unique_ptr<Command> stats_command(CLI::App& app);
std::unique_ptr<Command> evaluate_command(CLI::App& app);
std::unique_ptr<Command> predict_command(CLI::App& app);
std::unique_ptr<Command> show_command(CLI::App& app);
std::unique_ptr<Command> make_data_command(CLI::App& app);

// Options that several commands have.

/// Where a network runs.
struct DeviceOptions {
  std::string device = "auto";
  std::string precision = "auto";
  std::optional<std::size_t> workers;
  std::optional<int> threads;
  std::size_t processes = 1;  ///< that share this machine
  int local_rank = 0;         ///< among them

  Device parsed() const { return parse_device(device, precision, local_rank); }
  /// Threads that load data: as many as a process has CPUs where a GPU does the rest, a quarter of them elsewhere.
  std::size_t workers_or_default() const;
  /// Threads of LibTorch: as many as a process has CPUs, one where a GPU does the rest.
  int threads_or_default() const;
};

void add_run_option(CLI::App& command, std::optional<std::string>& run);
void add_device_options(CLI::App& command, DeviceOptions& options);

}  // namespace localization
