#pragma once

#include <torch/torch.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>

namespace localization {

/// A subcommand of `localize`: its options, and what it does.
class Command {
 public:
  explicit Command(CLI::App& command) : command_(command) {}
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;
  virtual ~Command() = default;

  bool chosen() const { return command_.parsed(); }

  /// Returns the exit code. Throws: `std::invalid_argument` for wrong options, other exceptions for wrong data.
  virtual int run() = 0;

 protected:
  CLI::App& command() { return command_; }

 private:
  CLI::App& command_;
};

constexpr int kWrongOptions = 2, kBadData = 3;

std::unique_ptr<Command> train_command(CLI::App& app);
std::unique_ptr<Command> check_command(CLI::App& app);
std::unique_ptr<Command> stats_command(CLI::App& app);
std::unique_ptr<Command> evaluate_command(CLI::App& app);
std::unique_ptr<Command> predict_command(CLI::App& app);
std::unique_ptr<Command> show_command(CLI::App& app);
std::unique_ptr<Command> make_data_command(CLI::App& app);

// Options that several commands have.

void add_run_option(CLI::App& command, std::optional<std::string>& run);
void add_device_option(CLI::App& command, std::string& device);

/// Throws: `std::invalid_argument` for a device that is not there.
torch::Device parse_device(const std::string& name);

}  // namespace localization
