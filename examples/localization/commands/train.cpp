#include <boxfeed/core/error.h>
#include <boxfeed/core/file.h>
#include <boxfeed/core/version.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/version.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <opencv2/core/version.hpp>
#include <sstream>

#include "commands/command.h"
#include "commands/train_options.h"
#include "data/augmentation.h"
#include "data/formatted.h"
#include "distributed/process_group.h"
#include "made_data/make_data.h"
#include "report/sheets.h"
#include "report/training_report.h"
#include "training/stop.h"

namespace localization {
namespace {

constexpr const char* kConfigFile = "train.toml";
constexpr const char* kBest = "best.safetensors";

std::string file_text(const std::string& path) {
  std::vector<std::uint8_t> bytes;
  boxfeed::InputFile(path).read_all(bytes, std::uint64_t{1} << 20U);
  return {bytes.begin(), bytes.end()};
}

/// The network, a line a layer.
void show_network(Network network, boxfeed::ImageSize size, Console& console) {
  console.line(formatted("%-28s %-18s %10s", "layer", "output", "parameters"));
  std::int64_t all = 0;
  for (const auto& layer : network->summary(size)) {
    std::string shape;
    for (const auto side : layer.output) shape += (shape.empty() ? "" : " x ") + std::to_string(side);
    console.line(
        formatted("%-28s %-18s %10lld", layer.name.c_str(), shape.c_str(), static_cast<long long>(layer.parameters)));
    all += layer.parameters;
  }
  console.line(std::to_string(all) + " parameters");
}

/// What is wrong with the images that were left out.
std::vector<std::string> left_out_of(const DataSets& data) {
  auto all = data.train.bad;
  if (data.validation.bad != all) all.insert(all.end(), data.validation.bad.begin(), data.validation.bad.end());
  return all;
}

/// What a training that has ended leaves: figures of the saved file, pictures, a summary.
void finish(const DataSets& data, const TrainOptions& options, const Trainer& trainer, const RunFolder& folder,
            TrainingReport& report, Console& console) {
  auto best = load_model(folder / kBest);
  best.network->to(options.device.where);
  const auto evaluation =
      evaluate(best.network, data.validation, best.description.target, best.description.preprocessing,
               {static_cast<std::size_t>(options.batch), options.workers, options.device});
  const auto& state = trainer.state();
  write_curves(folder, state.results);
  report.picture(state.step, "predictions",
                 prediction_sheet(data.validation, data.target, evaluation, spread_over(evaluation.truth.size(), 24)));
  const auto worst = worst_of(evaluation);
  report.picture(state.step, "worst", prediction_sheet(data.validation, data.target, evaluation, worst));

  nlohmann::ordered_json metrics, listed = nlohmann::ordered_json::array();
  for (const auto& metric : evaluation.metrics) metrics[metric.name] = metric.value;
  for (const auto i : worst) {
    listed.push_back({{"image", data.validation.dataset.table().name(i)},
                      {"line", data.validation.dataset.table().line(i)},
                      {evaluation.scores[i].name, evaluation.scores[i].value}});
  }
  double speed = 0, wait = 0;
  for (const auto& result : state.results) {
    speed += result.images_per_second / static_cast<double>(state.results.size());
    wait += result.wait_share / static_cast<double>(state.results.size());
  }
  const nlohmann::ordered_json summary{{"best_epoch", best.description.epoch},
                                       {"metrics", metrics},
                                       {"epochs", state.epoch},
                                       {"seconds", state.seconds},
                                       {"images_per_second", speed},
                                       {"data_wait_share", wait},
                                       {"train_images", data.train.plans.size()},
                                       {"val_images", data.validation.plans.size()},
                                       {"left_out", left_out_of(data)},
                                       {"worst", listed}};
  boxfeed::write_file(folder / "summary.json", summary.dump(2) + "\n");
  console.say("best epoch " + std::to_string(best.description.epoch) + ": " + text_of(evaluation.metrics) +
                  ", measured again from " + folder / kBest,
              "end", summary);
  console.line("the worst: " + std::string(data.validation.dataset.table().name(worst.front())) + ", " +
               evaluation.scores[worst.front()].text() + "; these and the next in " + folder / "worst.png");
  console.line(clock_text(state.seconds) +
               formatted(": %.0f images/s, waited for data %.1f %% of the time", speed, 100 * wait));
  console.line("in " + folder.path() + ": " + kBest + ", results.csv, summary.json, curves.png, predictions.png, " +
               "worst.png, augmented.png, " + kConfigFile + "; tensorboard --logdir " + folder.path());
}

/// `localize train`.
class TrainCommand : public Command {
 public:
  explicit TrainCommand(CLI::App& app) : Command(*app.add_subcommand("train", "Train a network on images and labels")) {
    add_train_options(command(), options_);
    command().fallthrough();  // so that --config may stand behind the command
  }

  int run() override {
    const auto world = world_from_environment();
    // Less than is allowed, so that there is time to find out who is missing.
    const double seconds = std::max(options_.timeout - 5, options_.timeout / 2);
    group_ = ProcessGroup(world, std::chrono::milliseconds(std::llround(1000 * seconds)));
    options_.device.processes = static_cast<std::size_t>(world.local_size);
    options_.device.local_rank = world.local_rank;
    try {
      return options_.resume && !options_.resumes_if_possible() ? resumed_run() : train(run_to_go_on_with());
    } catch (const LostRank&) {
      throw;
    } catch (const std::exception& error) {
      group_.fail(error.what());
      throw;
    }
  }

 private:
  /// With --resume auto the run to go on with, if there is one. Throws: `std::invalid_argument` where it was made with
  /// other options.
  std::optional<std::string> run_to_go_on_with() {
    if (!options_.resumes_if_possible()) return std::nullopt;
    auto found = group_.once([&] {
      auto run = options_.run ? *options_.run : latest_run("train");
      std::error_code error;
      if (run.empty() || !std::filesystem::exists(run + "/" + kConfigFile, error)) return std::string();
      check_same_options(config_text(command(), options_), file_text(run + "/" + kConfigFile),
                         "--resume auto: this command", "the run in " + boxfeed::quoted(run));
      return run;
    });
    return found.empty() ? std::nullopt : std::optional<std::string>(std::move(found));
  }

  /// Reads the options of the run that goes on, and runs with them.
  int resumed_run() {
    check_resume_options(command());
    const auto run = group_.once([&] { return options_.resume->empty() ? latest_run("train") : *options_.resume; });
    if (run.empty()) throw CheckpointError("--resume: expected a run below runs/, found none");
    CLI::App app;
    TrainCommand again(app);
    app.allow_config_extras(CLI::config_extras_mode::error);
    again.command().configurable();
    try {
      // Other machines may not see the folder.
      std::istringstream options(group_.once([&] { return file_text(run + "/" + kConfigFile); }));
      app.parse_from_stream(options);
    } catch (const CLI::ParseError& error) {
      throw CheckpointError(boxfeed::quoted(run) + ": expected the options of a run in " + kConfigFile + ": " +
                            error.what());
    } catch (const boxfeed::Error& error) {
      throw CheckpointError(error.what());
    }
    const auto& given = options_;
    again.options_.device.processes = given.device.processes;
    again.options_.device.local_rank = given.device.local_rank;
    if (given.device.workers) again.options_.device.workers = given.device.workers;
    if (given.device.threads) again.options_.device.threads = given.device.threads;
    if (command().count("--log") > 0) again.options_.log = given.log;
    again.options_.quiet = given.quiet;
    again.group_ = group_;
    return again.train(run);
  }

  /// Trains; `resume` is the folder of a run that goes on.
  int train(const std::optional<std::string>& resume) {
    options_.train.group = group_;
    options_.check(command());
    check_same_options(config_text(command(), options_), group_.broadcast(config_text(command(), options_)),
                       "rank " + std::to_string(group_.rank()), "rank 0");
    Console console(group_.is_main() ? options_.talk() : Talk::kQuiet);
    const auto options = options_.train_options();
    const auto& device = options.device.where;
    if (!device.is_cpu()) c10::impl::VirtualGuardImpl(device.type()).setDevice(device);
    group_.check_device(device);
    if (options_.augment != "auto") load_augmentation(options_.augment);  // a wrong one is told first
    std::unique_ptr<RunFolder> folder;
    const auto path = group_.once([&] {
      if (resume) {
        folder = RunFolder::existing(*resume);
      } else {  // where nothing is written into a folder, it goes away again
        const auto nowhere = std::filesystem::temp_directory_path() / ("localize-" + std::to_string(::getpid()));
        folder = std::make_unique<RunFolder>(options_.dry_run ? nowhere.string() : options_.run, "train");
      }
      return folder->path();
    });
    if (!folder) folder = RunFolder::of_another(path);
    catch_stop_signals();
    try {
      show_banner(options, *folder, console);
      return train_in(*folder, options, resume.has_value(), console);
    } catch (const Stopped& stopped) {
      group_.fail(stopped.what());
      console.line("stopped before the first step");
      return kStopped;
    }
  }

  int train_in(const RunFolder& folder, const TrainOptions& options, bool resume, Console& console) {
    const DataSets data = load_data(options, console);
    const ModelDescription description{{options_.backbone, options_.channels, outputs_of(data.target)},
                                       data.target,
                                       options_.preprocessing(),
                                       data.augmentation,
                                       "",
                                       0};
    // A run that was ended before anything was saved begins again.
    const bool saved = resume && (!options_.resumes_if_possible() || has_training(folder));
    const bool main = group_.is_main();
    TrainingReport report(console, folder);
    Trainer trainer(data, description, options, folder, report, main && !saved ? options_.weights : std::string());
    show_network(trainer.network(), description.preprocessing.image_size, console);
    trainer.try_out(options_.dry_run);
    if (options_.dry_run) {
      console.line("a dry run: two batches of validation and a step of training went well");
      return 0;
    }
    std::vector<std::string> remarks;
    if (main && saved) {
      trainer.resume(remarks);
    } else if (main) {
      boxfeed::write_file(folder / kConfigFile, config_text(command(), options_));
    }
    trainer.share();
    if (saved) {
      const auto& state = trainer.state();
      remarks.push_back(trainer.is_over() ? "the training is done, with " + std::to_string(state.epoch) + " epochs"
                                          : "going on in epoch " + std::to_string(state.epoch + 1) + " after step " +
                                                std::to_string(state.step));
    }
    if (main) report.begin(trainer.state().step, trainer.state().results);
    for (const auto& remark : remarks) console.line(remark);
    if (main && !saved) report.picture(0, "augmented", first_batches_sheet(data.train.dataset, options.seed));
    const bool done = trainer.run();
    if (!done) {
      console.say("stopped after step " + std::to_string(trainer.state().step) +
                      "; it goes on with: localize train --resume " + folder.path(),
                  "stopped", {{"step", trainer.state().step}, {"resume", folder.path()}});
      return kStopped;
    }
    if (const auto verdict = trainer.verdict(); !verdict.empty()) console.line(verdict);
    tell_of_caches(data, console);
    if (main) finish(data, options, trainer, folder, report, console);
    return 0;
  }

  void show_banner(const TrainOptions& options, const RunFolder& folder, Console& console) {
    const auto text =
        formatted("localize " BOXFEED_VERSION
                  " with LibTorch %s and OpenCV %s, on %s%s:%s %d thread%s, %zu to load data; seed %llu",
                  TORCH_VERSION, CV_VERSION, options.device.where.str().c_str(),
                  options.device.mixed ? " in mixed precision" : "",
                  group_.size() > 1 ? (" " + std::to_string(group_.size()) + " processes, each with").c_str() : "",
                  options.threads, options.threads == 1 ? "" : "s", options.workers,
                  static_cast<unsigned long long>(options.seed));
    console.say(text + (options_.dry_run ? std::string() : "; results go to " + folder.path()), "start",
                {{"version", BOXFEED_VERSION},
                 {"libtorch", TORCH_VERSION},
                 {"opencv", CV_VERSION},
                 {"device", options.device.where.str()},
                 {"mixed_precision", options.device.mixed},
                 {"processes", group_.size()},
                 {"threads", options.threads},
                 {"workers", options.workers},
                 {"seed", options.seed},
                 {"folder", options_.dry_run ? "" : folder.path()}});
  }

  DataSets load_data(const TrainOptions& options, Console& console) {
    if (!options_.has_annotations()) use_made_data(console);
    DataSetOptions how;
    how.preprocessing = options_.preprocessing();
    how.augment = options_.augment;
    how.kind = options_.target_kind();
    how.bytes = options.device.is_gpu();
    how.look.skip = options_.skip;
    how.look.keep = !options_.dry_run;
    how.look.threads = std::max<std::size_t>(options.workers, static_cast<std::size_t>(options.threads));
    how.overfit = options_.overfit;
    how.cache = options_.cache;
    how.look.progress = [&](std::size_t done, std::size_t total) {
      stop_if_requested();
      group_.alive();
      console.progress("looking at images", done, total);
    };
    if (group_.size() > 1) how.look.once = [&](const auto& look) { return group_.once(look); };
    auto data = load_data_sets(options_.files, how);
    for (const auto& remark : data.remarks) console.line(remark);
    tell_of_caches(data, console);
    console.line("to be learned: " + data.target.description());
    console.line(std::to_string(data.train.plans.size()) + " images for training, " +
                 std::to_string(data.validation.plans.size()) + " for validation" +
                 (options_.overfit > 0 ? ", the same ones" : "") + "; without looking at them one would get " +
                 text_of(trivial_metrics(data)));
    return data;
  }

  /// Says why decoded images are not kept, or no more of them, each reason once.
  void tell_of_caches(const DataSets& data, Console& console) {
    for (const auto* set : {&data.train, &data.validation}) {
      const auto remark = set->dataset.cache_stats().remark;
      if (!remark.empty() && told_.insert(remark).second) console.line(remark);
    }
  }

  void use_made_data(Console& console) {
    MadeData what;
    if (options_.target_kind() != TargetKind::kAll) what.target = options_.target_kind();
    const auto& folder = options_.made;
    group_.once([&] {
      if (!has_data(folder)) {
        console.line("no annotations given: making a data set of " + std::to_string(what.count) + " pictures in " +
                     folder + ", this time only");
        make_data(folder, what, console);
      } else {
        console.line("no annotations given: using the data set in " + folder);
      }
      return std::string();
    });
    options_.files.annotations.csv = folder + "/data.csv";
    options_.files.annotations.images = folder + "/images";
  }

  TrainCommandOptions options_;
  std::set<std::string> told_;  ///< of caches
  ProcessGroup group_;
};

}  // namespace

std::unique_ptr<Command> train_command(CLI::App& app) { return std::make_unique<TrainCommand>(app); }

}  // namespace localization
