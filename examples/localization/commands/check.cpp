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
    auto* formats = add_annotation_options(command(), options_.annotations, true);
    auto* val_csv = command()
                        .add_option("--val-csv", options_.val_csv, "CSV of the validation set")
                        ->needs(formats->get_option("--csv"));
    command()
        .add_option("--val-fraction", options_.val_fraction,
                    "The share that training would hold out for validation (default: the split that the file gives)")
        ->check(CLI::Range(0.001, 0.999))
        ->excludes(val_csv);
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
