#include "commands/annotation_options.h"
#include "commands/command.h"
#include "model/saved_model.h"
#include "report/console.h"
#include "report/predictor.h"
#include "report/run_folder.h"

namespace localization {
namespace {

/// `localize predict`.
class PredictCommand : public Command {
 public:
  explicit PredictCommand(CLI::App& app)
      : Command(*app.add_subcommand("predict", "Say of photographs what the network has learned")) {
    command().add_option("--weights", weights_, "best.safetensors of a run")->required();
    command().add_option("images", paths_, "Images, and folders, .tar and .zip of images")->required();
    add_image_options(command(), decode_);
    add_device_options(command(), device_);
    add_run_option(command(), run_);
  }

  int run() override {
    const auto device = device_.parsed();
    torch::set_num_threads(device_.threads_or_default());
    auto model = load_model(weights_);
    const RunFolder folder(run_, "predict");
    Console console;
    return predict(std::move(model), paths_, decode_, device, folder, console) == 0 ? 0 : kBadData;
  }

 private:
  std::string weights_;
  std::vector<std::string> paths_;
  boxfeed::DecodeOptions decode_;
  DeviceOptions device_;
  std::optional<std::string> run_;
};

}  // namespace

std::unique_ptr<Command> predict_command(CLI::App& app) { return std::make_unique<PredictCommand>(app); }

}  // namespace localization
