#include <boxfeed/core/error.h>
#include <c10/util/Exception.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "commands/command.h"
#include "commands/wrong_words.h"
#include "data/option_words.h"
#include "distributed/process_group.h"
#include "model/checked_weights.h"
#include "report/console.h"

namespace localization {
namespace {

int run(int argc, char** argv) {
  CLI::App app("Trains a network that finds an object in photographs, its keypoints or numbers about it, and uses it");
  app.require_subcommand(1);
  app.set_config("--config", "", "Options from a file (TOML, one section a command); those given here count more")
      ->type_name("FILE");
  app.allow_config_extras(CLI::config_extras_mode::error);
  std::vector<std::unique_ptr<Command>> commands;
  for (const auto& make : {train_command, check_command, stats_command, show_command, evaluate_command, predict_command,
                           make_data_command}) {
    commands.push_back(make(app));
  }
  if (argc > 1) check_command(app, argv[1]);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ExtrasError& error) {
    refuse_unknown_options(app);
    return app.exit(error), kWrongOptions;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kWrongOptions;
  }
  for (const auto& command : commands) {
    if (command->chosen()) return command->run();
  }
  return kWrongOptions;
}

/// "localize", or where it is one of several processes, "localize, rank 1 of 4".
std::string speaker() {
  try {
    const auto world = world_from_environment();
    if (world.size > 1) return "localize, " + world.name();
  } catch (const std::invalid_argument&) {  // which is told by itself
  }
  return "localize";
}

int fail(int code, const char* what) {
  std::fprintf(stderr, "%s: %s\n", speaker().c_str(), in_program_words(what).c_str());
  return code;
}

int run_and_report(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::invalid_argument& error) {
    return fail(kWrongOptions, error.what());
  } catch (const CheckpointError& error) {
    return fail(kBadCheckpoint, error.what());
  } catch (const LostRank& error) {
    return fail(kLostRankCode, error.what());
  } catch (const c10::Error& error) {
    return fail(kBadData, error.what_without_backtrace());
  } catch (const std::exception& error) {
    return fail(kBadData, error.what());
  }
}

}  // namespace
}  // namespace localization

int main(int argc, char** argv) {
  localization::make_streams_safe();
  const int code = localization::run_and_report(argc, argv);
  if (code != 0) {
    // What waits for other processes that will not come is not waited for.
    std::fflush(nullptr);
    std::_Exit(code);
  }
  return code;
}
