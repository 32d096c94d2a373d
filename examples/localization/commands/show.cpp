#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/data/detection_dataset.h>
#include <boxfeed/visual/write_png.h>

#include "commands/annotation_options.h"
#include "commands/command.h"
#include "data/annotation_files.h"
#include "data/augmentation.h"
#include "report/console.h"
#include "report/sheets.h"

namespace localization {
namespace {

/// `localize show`.
class ShowCommand : public Command {
 public:
  explicit ShowCommand(CLI::App& app)
      : Command(*app.add_subcommand("show", "Draw augmented examples with their boxes and keypoints")) {
    add_annotation_options(command(), files_, true);
    command()
        .add_option("--augment", augment_, "none, light, strong, or a pipeline as JSON (a file that ends in .json)")
        ->capture_default_str();
    command().add_option("--count", count_, "Examples")->check(CLI::Range(1, 10000))->capture_default_str();
    command().add_option("--epoch", epoch_, "Each has other random numbers")->capture_default_str();
    command().add_option("--seed", seed_)->capture_default_str();
    command()
        .add_option("--size", size_, "Height and width of the examples")
        ->expected(2)
        ->check(CLI::Range(8, 4096))
        ->capture_default_str();
    command().add_flag("--letterbox", letterbox_, "Keep the shape of the images");
    command().add_option("--output", output_, "The sheet, a PNG")->capture_default_str();
  }

  int run() override {
    const auto pipeline = load_augmentation(augment_);
    const auto annotations = read_annotations(files_);
    const boxfeed::DetectionDataset dataset(
        boxfeed::group_by_image(annotations.table), annotations.images,
        boxfeed::DatasetOptions()
            .image_size({size_[0], size_[1]})
            .resize_mode(letterbox_ ? boxfeed::ResizeMode::kLetterbox : boxfeed::ResizeMode::kStretch)
            .box_policy(files_.box_policy)
            .decode(files_.decode)
            .allow_outside_root(files_.follow_links)
            .pipeline(pipeline));
    std::vector<boxfeed::ExplainedExample> examples;
    for (const auto i : spread_over(dataset.table().size(), count_))
      examples.push_back(dataset.explain({seed_, epoch_, i}));
    boxfeed::write_png(output_, example_sheet(examples, dataset.table().class_names()));
    Console().line(output_ + ": " + std::to_string(examples.size()) + " of " + std::to_string(dataset.table().size()) +
                   " examples");
    return 0;
  }

 private:
  AnnotationFiles files_;
  std::size_t count_ = 24;
  std::uint64_t epoch_ = 0, seed_ = 0;
  std::string augment_ = "light", output_ = "augmented.png";
  std::vector<std::int64_t> size_{256, 256};
  bool letterbox_ = false;
};

}  // namespace

std::unique_ptr<Command> show_command(CLI::App& app) { return std::make_unique<ShowCommand>(app); }

}  // namespace localization
