#include <boxfeed/core/file.h>
#include <boxfeed/visual/write_png.h>

#include <nlohmann/json.hpp>

#include "commands/annotation_options.h"
#include "commands/command.h"
#include "data/data_sets.h"
#include "model/saved_model.h"
#include "report/console.h"
#include "report/sheets.h"
#include "training/evaluation.h"

namespace localization {
namespace {

/// `localize evaluate`.
class EvaluateCommand : public Command {
 public:
  explicit EvaluateCommand(CLI::App& app)
      : Command(*app.add_subcommand("evaluate", "Measure saved weights on images and labels")) {
    command().add_option("--weights", weights_, "best.safetensors of a run")->required();
    add_annotation_options(command(), files_, true);
    add_skip_option(command(), skip_);
    command().add_option("--batch", batch_)->check(CLI::Range(1, 100000))->capture_default_str();
    command().add_option("--predictions", sheet_, "Write a sheet of examples with their labels into this PNG");
    command().add_option("--csv-output", csv_, "Write what is predicted for each image into this CSV");
    command().add_flag("--json", json_, "Print the figures as JSON");
    add_device_options(command(), device_);
  }

  int run() override {
    const auto device = device_.parsed();
    torch::set_num_threads(device_.threads_or_default());
    auto model = load_model(weights_);
    model.network->to(device.where);
    const auto& target = model.description.target;
    DataSetOptions options;
    options.preprocessing = model.description.preprocessing;
    options.bytes = device.is_gpu();
    options.look.skip = skip_;
    options.look.threads = device_.workers_or_default();
    std::vector<std::string> remarks;
    const auto data = load_data_set(files_, target, options, remarks);
    Console console(json_ ? Talk::kJson : Talk::kText);
    for (const auto& remark : remarks) console.line(remark);
    EvaluationOptions how{batch_, device_.workers_or_default(), device};
    how.progress = [&](std::size_t done, std::size_t total) { console.progress("evaluating", done, total); };
    const auto result = evaluate(model.network, data, target, options.preprocessing, how);
    nlohmann::ordered_json figures{{"images", result.truth.size()}};
    for (const auto& metric : result.metrics) figures[metric.name] = metric.value;
    console.say(text_of(result.metrics) + " on " + std::to_string(result.truth.size()) + " images", "evaluation",
                figures);
    if (sheet_) {
      boxfeed::write_png(*sheet_, prediction_sheet(data, target, result, spread_over(result.truth.size(), 24)));
    }
    if (csv_) {
      std::string csv = csv_header(target);
      for (std::size_t i = 0; i < result.predicted.size(); ++i) {
        csv += csv_row(std::string(data.dataset.table().name(i)), result.predicted[i], target);
      }
      boxfeed::write_file(*csv_, csv);
    }
    return 0;
  }

 private:
  std::string weights_;
  AnnotationFiles files_;
  SkipBad skip_;
  std::size_t batch_ = 32;
  std::optional<std::string> sheet_, csv_;
  bool json_ = false;
  DeviceOptions device_;
};

}  // namespace

std::unique_ptr<Command> evaluate_command(CLI::App& app) { return std::make_unique<EvaluateCommand>(app); }

}  // namespace localization
