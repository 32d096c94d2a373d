#include <boxfeed/core/available_cpus.h>

#include "check/check_report.h"
#include "check/dataset_check.h"
#include "commands/annotation_options.h"
#include "commands/command.h"
#include "report/console.h"

namespace localization {
namespace {

/// `localize check`.
class CheckCommand : public Command {
 public:
  explicit CheckCommand(CLI::App& app)
      : Command(*app.add_subcommand("check", "Find what is wrong with annotations and images")) {
    auto* formats = add_annotation_options(command(), options_.files.annotations, true);
    auto& files = options_.files;
    add_validation_options(command(), *formats, files.validation, files.val_fraction, files.split_by_hash);
    options_.threads = boxfeed::available_cpus();
    command().add_option("--workers", options_.threads, "Threads")->check(CLI::Range(1, 256))->capture_default_str();
    command().add_flag("--decode", decode_, "Decode every image, which finds damage before the end of a file, too");
    command().add_flag("--json", json_, "Print everything as JSON");
  }

  int run() override {
    Console console;
    options_.depth = decode_ ? ScanDepth::kDecode : ScanDepth::kEnd;
    const auto report = check_dataset(
        options_, [&](std::size_t done, std::size_t total) { console.progress("checking images", done, total); });
    if (json_) {
      console.line(json_of(report));
    } else {
      for (const auto& line : lines_of(report)) console.line(line);
    }
    return report.count(Severity::kError) == 0 ? 0 : kBadData;
  }

 private:
  CheckOptions options_;
  bool decode_ = false;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> check_command(CLI::App& app) { return std::make_unique<CheckCommand>(app); }

}  // namespace localization
