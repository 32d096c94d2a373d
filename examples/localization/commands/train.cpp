#include "commands/annotation_options.h"
#include "commands/command.h"
#include "data/augmentation.h"
#include "data/data_sets.h"
#include "made_data/make_data.h"
#include "report/console.h"
#include "report/run_folder.h"
#include "training/trainer.h"

namespace localization {
namespace {

/// `localize train`.
class TrainCommand : public Command {
 public:
  explicit TrainCommand(CLI::App& app) : Command(*app.add_subcommand("train", "Train a network on images and boxes")) {
    auto* formats = add_annotation_options(command(), files_.annotations, false);
    auto* val_csv = command()
                        .add_option("--val-csv", files_.val_csv, "CSV of the validation set")
                        ->needs(formats->get_option("--csv"));
    command()
        .add_option("--val-fraction", files_.val_fraction,
                    "Share of the images for validation, by a hash of the name (default: the split that the file "
                    "gives, else 0.2)")
        ->check(CLI::Range(0.001, 0.999))
        ->excludes(val_csv);
    auto* made = command().add_option("--data", made_, "Folder of the data set that is made where none is given");
    made->capture_default_str();
    for (auto* format : formats->get_options()) made->excludes(format);
    command().add_option("--epochs", options_.epochs)->check(CLI::Range(1, 100000))->capture_default_str();
    command().add_option("--batch", options_.batch)->check(CLI::Range(1, 100000))->capture_default_str();
    command()
        .add_option("--size", size_, "Height and width of the network's input")
        ->expected(2)
        ->check(CLI::Range(32, 4096))
        ->type_name("H W")
        ->default_str(std::to_string(size_[0]) + " " + std::to_string(size_[1]));
    command().add_flag("--letterbox", letterbox_, "Keep the shape of the images, on gray, rather than stretch them");
    command()
        .add_option("--augment", augment_, "none, light, strong, or a pipeline as JSON (a file that ends in .json)")
        ->capture_default_str();
    command()
        .add_option("--channels", preprocessing_.channels, "3 (RGB) or 1 (gray)")
        ->check(CLI::IsMember({1, 3}))
        ->capture_default_str();
    command()
        .add_option("--lr", options_.lr, "The highest learning rate")
        ->check(CLI::Range(1e-9, 10.0))
        ->capture_default_str();
    command()
        .add_option("--workers", options_.workers, "Threads that load data")
        ->check(CLI::Range(0, 256))
        ->capture_default_str();
    command()
        .add_option("--threads", options_.threads, "Threads of LibTorch for one operation")
        ->check(CLI::Range(1, 256))
        ->capture_default_str();
    command().add_option("--seed", options_.seed)->capture_default_str();
    add_device_option(command(), device_);
    add_run_option(command(), run_);
  }

  int run() override {
    Console console;
    options_.device = parse_device(device_);
    options_.augmentation = load_augmentation(augment_);
    preprocessing_.image_size = {size_[0], size_[1]};
    preprocessing_.pipeline = fitting(preprocessing_.image_size, letterbox_);
    const RunFolder folder(run_, "train");
    const auto& files = files_.annotations;
    if (files.csv.empty() && files.coco.empty() && files.voc.empty() && files.yolo.empty()) use_made_data(console);
    const DataSets data = load_data_sets(files_, preprocessing_, options_.augmentation);
    for (const auto& remark : data.remarks) console.line(remark);
    console.line(std::to_string(data.train.table().size()) + " images for training, " +
                 std::to_string(data.validation.table().size()) + " for validation; results go to " + folder.path());
    train(data, data.images, preprocessing_, options_, folder, console);
    return 0;
  }

 private:
  void use_made_data(Console& console) {
    const MadeData what;
    if (!has_data(made_)) {
      console.line("no annotations given: making a data set of " + std::to_string(what.count) + " pictures in " +
                   made_ + ", this time only");
      make_data(made_, what, console);
    } else {
      console.line("no annotations given: using the data set in " + made_);
    }
    files_.annotations.csv = made_ + "/data.csv";
    files_.annotations.images = made_ + "/images";
  }

  DataFiles files_;
  Preprocessing preprocessing_;
  TrainOptions options_;
  std::vector<std::int64_t> size_{preprocessing_.image_size.height, preprocessing_.image_size.width};
  bool letterbox_ = false;
  std::string augment_ = "light";
  std::string made_ = "localize-data";
  std::string device_ = "cpu";
  std::optional<std::string> run_;
};

}  // namespace

std::unique_ptr<Command> train_command(CLI::App& app) { return std::make_unique<TrainCommand>(app); }

}  // namespace localization
