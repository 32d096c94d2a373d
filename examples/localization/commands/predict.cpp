#include "commands/command.h"
#include "model/checkpoint.h"
#include "report/console.h"
#include "report/predictor.h"
#include "report/run_folder.h"

namespace localization {
namespace {

/// `localize predict`.
class PredictCommand : public Command {
 public:
  explicit PredictCommand(CLI::App& app) : Command(*app.add_subcommand("predict", "Put a box on photographs")) {
    command().add_option("--weights", weights_, "best.pt of a run")->required();
    command().add_option("images", paths_, "Images, and folders of images")->required();
    add_device_option(command(), device_);
    add_run_option(command(), run_);
  }

  int run() override {
    const auto device = parse_device(device_);
    const RunFolder folder(run_, "predict");
    Console console;
    return predict(load_checkpoint(weights_), paths_, device, folder, console) == 0 ? 0 : kBadData;
  }

 private:
  std::string weights_;
  std::vector<std::string> paths_;
  std::string device_ = "cpu";
  std::optional<std::string> run_;
};

}  // namespace

std::unique_ptr<Command> predict_command(CLI::App& app) { return std::make_unique<PredictCommand>(app); }

}  // namespace localization
