#include <boxfeed/visual/write_png.h>

#include "commands/annotation_options.h"
#include "commands/command.h"
#include "data/data_sets.h"
#include "model/checkpoint.h"
#include "report/console.h"
#include "report/picture.h"
#include "training/evaluation.h"

namespace localization {
namespace {

/// `localize evaluate`.
class EvaluateCommand : public Command {
 public:
  explicit EvaluateCommand(CLI::App& app)
      : Command(*app.add_subcommand("evaluate", "Measure saved weights on images and boxes")) {
    command().add_option("--weights", weights_, "best.pt of a run")->required();
    add_annotation_options(command(), files_, true);
    command().add_option("--batch", batch_)->check(CLI::Range(1, 100000))->capture_default_str();
    command()
        .add_option("--workers", workers_, "Threads that load data")
        ->check(CLI::Range(0, 256))
        ->capture_default_str();
    command().add_option("--predictions", sheet_, "Write a sheet of examples with their boxes into this PNG");
    add_device_option(command(), device_);
  }

  int run() override {
    const auto device = parse_device(device_);
    auto model = load_checkpoint(weights_);
    model.network->to(device);
    const auto data = load_data_set(files_, model.description.preprocessing);
    Console console;
    for (const auto& remark : data.remarks) console.line(remark);
    const auto result = evaluate(model.network, data.dataset, batch_, workers_, device);
    console.line(describe(result));
    if (sheet_) boxfeed::write_png(*sheet_, prediction_sheet(data.dataset, data.images, result));
    return 0;
  }

 private:
  std::string weights_;
  AnnotationFiles files_;
  std::int64_t batch_ = 32;
  std::size_t workers_ = 1;
  std::optional<std::string> sheet_;
  std::string device_ = "cpu";
};

}  // namespace

std::unique_ptr<Command> evaluate_command(CLI::App& app) { return std::make_unique<EvaluateCommand>(app); }

}  // namespace localization
