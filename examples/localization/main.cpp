#include <boxfeed/core/error.h>
#include <boxfeed/visual/write_png.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <stdexcept>

#include "checkpoint.h"
#include "console.h"
#include "data_sets.h"
#include "evaluation.h"
#include "make_data.h"
#include "picture.h"
#include "predictor.h"
#include "run_folder.h"
#include "trainer.h"

namespace localization {
namespace {

constexpr int kWrongOptions = 2, kBadData = 3;

torch::Device parse_device(const std::string& name) {
  try {
    const torch::Device device(name);
    if (device.is_cuda() && !torch::cuda::is_available())
      throw std::invalid_argument("--device: there is no CUDA device here");
    return device;
  } catch (const c10::Error&) {
    throw std::invalid_argument("--device: expected cpu, cuda or cuda:N, got " + boxfeed::quoted(name));
  }
}

std::string images_folder(const DataFiles& files) {
  if (!files.images.empty()) return files.images;
  const auto folder = std::filesystem::path(files.csv).parent_path().string();
  return folder.empty() ? "." : folder;
}

void add_run_option(CLI::App& command, std::optional<std::string>& run) {
  command.add_option("--run", run, "Folder for the results, new or empty (default: numbered, below runs/)");
}

void add_device_option(CLI::App& command, std::string& device) {
  command.add_option("--device", device, "cpu, cuda or cuda:N")->capture_default_str();
}

/// `localize train`.
class TrainCommand {
 public:
  explicit TrainCommand(CLI::App& app) : command_(*app.add_subcommand("train", "Train a network on images and boxes")) {
    auto* csv = command_.add_option("--csv", files_.csv,
                                    "CSV: image, then x, y, h, w (without it, a data set is made the first time)");
    command_.add_option("--images", files_.images, "Folder of the images (default: that of the CSV)")->needs(csv);
    auto* val_csv = command_.add_option("--val-csv", files_.val_csv, "CSV of the validation set")->needs(csv);
    command_
        .add_option("--val-fraction", files_.val_fraction, "Share of the images for validation, by a hash of the name")
        ->check(CLI::Range(0.001, 0.999))
        ->excludes(val_csv)
        ->capture_default_str();
    command_.add_option("--data", made_, "Folder of the data set that is made without --csv")
        ->excludes(csv)
        ->capture_default_str();
    command_.add_option("--epochs", options_.epochs)->check(CLI::Range(1, 100000))->capture_default_str();
    command_.add_option("--batch", options_.batch)->check(CLI::Range(1, 100000))->capture_default_str();
    command_.add_option("--size", size_, "Height and width of the network's input")
        ->expected(2)
        ->check(CLI::Range(32, 4096))
        ->type_name("H W")
        ->default_str(std::to_string(size_[0]) + " " + std::to_string(size_[1]));
    command_.add_option("--channels", preprocessing_.channels, "3 (RGB) or 1 (grey)")
        ->check(CLI::IsMember({1, 3}))
        ->capture_default_str();
    command_.add_option("--lr", options_.lr, "The highest learning rate")
        ->check(CLI::Range(1e-9, 10.0))
        ->capture_default_str();
    command_.add_option("--workers", options_.workers, "Threads that load data")
        ->check(CLI::Range(0, 256))
        ->capture_default_str();
    command_.add_option("--threads", options_.threads, "Threads of LibTorch for one operation")
        ->check(CLI::Range(1, 256))
        ->capture_default_str();
    command_.add_option("--seed", options_.seed)->capture_default_str();
    add_device_option(command_, device_);
    add_run_option(command_, run_);
  }

  bool chosen() const { return command_.parsed(); }

  int run() {
    Console console;
    options_.device = parse_device(device_);
    preprocessing_.image_size = {size_[0], size_[1]};
    const RunFolder folder(run_, "train");
    if (files_.csv.empty()) use_made_data(console);
    const DataSets data = load_data_sets(files_, preprocessing_);
    console.line(std::to_string(data.train.table().size()) + " images for training, " +
                 std::to_string(data.validation.table().size()) + " for validation; results go to " + folder.path());
    train(data, images_folder(files_), preprocessing_, options_, folder, console);
    return 0;
  }

 private:
  void use_made_data(Console& console) {
    const MadeData what;
    if (!has_data(made_)) {
      console.line("no --csv: making a data set of " + std::to_string(what.count) + " pictures in " + made_ +
                   ", this time only");
      make_data(made_, what, console);
    } else {
      console.line("no --csv: using the data set in " + made_);
    }
    files_.csv = made_ + "/data.csv";
    files_.images = made_ + "/images";
  }

  CLI::App& command_;
  DataFiles files_;
  Preprocessing preprocessing_;
  TrainOptions options_;
  std::vector<std::int64_t> size_{preprocessing_.image_size.height, preprocessing_.image_size.width};
  std::string made_ = "localize-data";
  std::string device_ = "cpu";
  std::optional<std::string> run_;
};

/// `localize evaluate`.
class EvaluateCommand {
 public:
  explicit EvaluateCommand(CLI::App& app)
      : command_(*app.add_subcommand("evaluate", "Measure saved weights on images and boxes")) {
    command_.add_option("--weights", weights_, "best.pt of a run")->required();
    command_.add_option("--csv", csv_, "CSV: image, then x, y, h, w")->required();
    command_.add_option("--images", images_, "Folder of the images (default: that of the CSV)");
    command_.add_option("--batch", batch_)->check(CLI::Range(1, 100000))->capture_default_str();
    command_.add_option("--workers", workers_, "Threads that load data")
        ->check(CLI::Range(0, 256))
        ->capture_default_str();
    command_.add_option("--predictions", sheet_, "Write a sheet of examples with their boxes into this PNG");
    add_device_option(command_, device_);
  }

  bool chosen() const { return command_.parsed(); }

  int run() {
    const auto device = parse_device(device_);
    auto model = load_checkpoint(weights_);
    model.network->to(device);
    const auto& description = model.description;
    const auto dataset = load_data_set(
        csv_, images_, {description.image_size, description.model.channels, description.mean, description.std});
    const auto result = evaluate(model.network, dataset, batch_, workers_, device);
    Console().line(describe(result));
    if (sheet_) boxfeed::write_png(*sheet_, prediction_sheet(dataset, images_folder({csv_, images_, {}}), result));
    return 0;
  }

 private:
  CLI::App& command_;
  std::string weights_, csv_, images_;
  std::int64_t batch_ = 32;
  std::size_t workers_ = 1;
  std::optional<std::string> sheet_;
  std::string device_ = "cpu";
};

/// `localize predict`.
class PredictCommand {
 public:
  explicit PredictCommand(CLI::App& app) : command_(*app.add_subcommand("predict", "Put a box on photographs")) {
    command_.add_option("--weights", weights_, "best.pt of a run")->required();
    command_.add_option("images", paths_, "Images, and folders of images")->required();
    add_device_option(command_, device_);
    add_run_option(command_, run_);
  }

  bool chosen() const { return command_.parsed(); }

  int run() {
    const auto device = parse_device(device_);
    const RunFolder folder(run_, "predict");
    Console console;
    return predict(load_checkpoint(weights_), paths_, device, folder, console) == 0 ? 0 : kBadData;
  }

 private:
  CLI::App& command_;
  std::string weights_;
  std::vector<std::string> paths_;
  std::string device_ = "cpu";
  std::optional<std::string> run_;
};

/// `localize make-data`.
class MakeDataCommand {
 public:
  explicit MakeDataCommand(CLI::App& app)
      : command_(*app.add_subcommand("make-data", "Render a data set: images/ and data.csv")) {
    command_.add_option("folder", folder_, "Where to")->required();
    command_.add_option("--count", what_.count, "Pictures")->check(CLI::Range(1, 99999))->capture_default_str();
    command_.add_option("--seed", what_.seed)->capture_default_str();
  }

  bool chosen() const { return command_.parsed(); }

  int run() {
    Console console;
    make_data(folder_, what_, console);
    console.line(std::to_string(what_.count) + " pictures in " + folder_);
    return 0;
  }

 private:
  CLI::App& command_;
  std::string folder_;
  MadeData what_;
};

int run(int argc, char** argv) {
  CLI::App app("Trains a network that puts a box around an object, and uses it");
  app.require_subcommand(1);
  TrainCommand train(app);
  EvaluateCommand evaluate(app);
  PredictCommand predict(app);
  MakeDataCommand make_data(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kWrongOptions;
  }
  if (train.chosen()) return train.run();
  if (evaluate.chosen()) return evaluate.run();
  if (predict.chosen()) return predict.run();
  return make_data.run();
}

int fail(int code, const char* what) {
  std::fprintf(stderr, "localize: %s\n", what);
  return code;
}

int run_and_report(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::invalid_argument& error) {
    return fail(kWrongOptions, error.what());
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
  return localization::run_and_report(argc, argv);
}
