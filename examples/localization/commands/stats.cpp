#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/core/available_cpus.h>
#include <boxfeed/visual/write_png.h>

#include "check/check_findings.h"
#include "commands/annotation_options.h"
#include "commands/command.h"
#include "data/dataset_stats.h"
#include "data/image_scan.h"
#include "report/console.h"

namespace localization {
namespace {

/// `localize stats`.
class StatsCommand : public Command {
 public:
  explicit StatsCommand(CLI::App& app)
      : Command(*app.add_subcommand("stats", "Draw how large the boxes are, where, and of which classes")) {
    add_annotation_options(command(), files_, true);
    command().add_option("--output", out_, "The PNG")->capture_default_str();
    threads_ = boxfeed::available_cpus();
    command().add_option("--workers", threads_, "Threads")->check(CLI::Range(1, 256))->capture_default_str();
  }

  int run() override {
    Console console;
    const auto read = read_annotations(files_);
    for (const auto& remark : read.remarks) console.line(remark);
    const auto all = boxfeed::group_by_image(read.table);
    ScanOptions options{ScanDepth::kHeader, files_.decode, files_.follow_links, threads_};
    const auto images = scan_images(all, read.images, options,
                                    [&](std::size_t done) { console.progress("reading images", done, all.size()); });
    const auto [table, report] = sound_boxes(all, images, files_.box_policy);
    if (const auto boxes = report.summary(); !boxes.empty()) console.line(boxes);
    DatasetStats stats;
    std::size_t unknown = 0;
    for (std::size_t i = 0; i < table.size(); ++i) {
      const auto size = images[i].header ? images[i].size() : table.image_size(i).value_or(boxfeed::ImageSize{});
      if (size.height == 0) ++unknown;
      stats.add(table, i, size);
    }
    if (unknown > 0) {
      console.line(std::to_string(unknown) + " of " + std::to_string(table.size()) +
                   " images cannot be read, and where their boxes are is left out: localize check names them");
    }
    boxfeed::write_png(out_, stats.picture());
    console.line(std::to_string(stats.boxes()) + " boxes on " + std::to_string(table.size()) + " images: " + out_);
    return 0;
  }

 private:
  AnnotationFiles files_;
  std::string out_ = "stats.png";
  std::size_t threads_ = 1;
};

}  // namespace

std::unique_ptr<Command> stats_command(CLI::App& app) { return std::make_unique<StatsCommand>(app); }

}  // namespace localization
