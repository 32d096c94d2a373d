#include "made_data/make_data.h"

#include <map>

#include "commands/command.h"
#include "report/console.h"

namespace localization {
namespace {

/// `localize make-data`.
class MakeDataCommand : public Command {
 public:
  explicit MakeDataCommand(CLI::App& app)
      : Command(*app.add_subcommand("make-data", "Render a data set: images/ and data.csv")) {
    command().add_option("folder", folder_, "Where to")->required();
    command().add_option("--count", what_.count, "Pictures")->check(CLI::Range(1, 99999))->capture_default_str();
    command().add_option("--seed", what_.seed)->capture_default_str();
    command()
        .add_option("--target", what_.target, "What its labels are: box, keypoints or numbers")
        ->transform(CLI::CheckedTransformer(std::map<std::string, TargetKind>{{"box", TargetKind::kBox},
                                                                              {"keypoints", TargetKind::kKeypoints},
                                                                              {"numbers", TargetKind::kNumbers}})
                        .description("{box,keypoints,numbers}"))
        ->default_str("box");
  }

  int run() override {
    Console console;
    make_data(folder_, what_, console);
    console.line(std::to_string(what_.count) + " pictures in " + folder_);
    return 0;
  }

 private:
  std::string folder_;
  MadeData what_;
};

}  // namespace

std::unique_ptr<Command> make_data_command(CLI::App& app) { return std::make_unique<MakeDataCommand>(app); }

}  // namespace localization
