#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "localization/process.h"
#include "localization/program.h"
#include "support/catch.h"

namespace fs = std::filesystem;
using Catch::Matchers::ContainsSubstring;
using program::bytes_of;
using program::DataFolder;
using program::localize;
using program::Process;
using program::TemporaryFolder;
using program::tensors_of;
using program::wait_for;

namespace {

const std::string kTrain =
    "train --csv d/data.csv --images d/images --epochs 4 --batch 3 --size 48 64 --threads 1 --save-minutes 0 ";

/// What a run came to, without the speeds.
std::string figures_of(const std::string& path) {
  std::istringstream rows(bytes_of(path));
  std::string all;
  for (std::string row; std::getline(rows, row);) {
    for (int i = 0; i < 3; ++i) row.erase(row.rfind(','));
    all += row + "\n";
  }
  return all;
}

void check_equal_runs(const TemporaryFolder& folder, const std::string& run) {
  const bool same_state =
                 tensors_of(folder / (run + "/last.safetensors")) == tensors_of(folder / "whole/last.safetensors"),
             same_weights =
                 bytes_of(folder / (run + "/best.safetensors")) == bytes_of(folder / "whole/best.safetensors");
  CHECK(same_state);
  CHECK(same_weights);
  CHECK(figures_of(folder / (run + "/results.csv")) == figures_of(folder / "whole/results.csv"));
}

}  // namespace

TEST_CASE("a training that was stopped goes on to the bit, with another number of workers") {
  const DataFolder folder;
  REQUIRE(localize(folder, kTrain + "--run whole").code == 0);
  const auto stop_and_resume = [&](const std::string& run, int signal, const std::string& file,
                                   const std::string& when) {
    Process training(folder, kTrain + "--workers 0 --run " + run);
    wait_for(folder / file, when);
    training.send(signal);
    CHECK(training.wait() == 130);
    CHECK_THAT(bytes_of(folder / "log"), ContainsSubstring("it goes on with: localize train --resume " + run));
    const auto resumed = localize(folder, "train --workers 3 --resume " + run);
    INFO(resumed.err);
    CHECK(resumed.code == 0);
    CHECK_THAT(resumed.out, ContainsSubstring("going on in epoch"));
    check_equal_runs(folder, run);
  };
  stop_and_resume("a", SIGINT, "a/augmented.png", "PNG");
  stop_and_resume("b", SIGTERM, "log", "epoch  1/4");
}

TEST_CASE("a training that is killed at any moment goes on to the bit") {
  const DataFolder folder;
  REQUIRE(localize(folder, kTrain + "--run whole").code == 0);
  const char* wanted = std::getenv("BOXFEED_KILLS");
  const int kills = wanted != nullptr ? std::atoi(wanted) : 3;
  std::srand(1);
  int done = 0;
  for (int run = 0; done < kills; ++run) {
    const auto name = "killed" + std::to_string(run);
    bool begun = false, over = false;
    for (int attempt = 0; attempt < 4 && !over; ++attempt) {
      Process training(folder, begun ? "train --resume " + name : kTrain + "--run " + name);
      if (attempt < 3 && done < kills) {
        // It is killed somewhere in the time that a training of this size takes.
        wait_for(folder / "log", "parameters\n");
        std::this_thread::sleep_for(std::chrono::milliseconds(std::rand() % 1500));
        training.send(SIGKILL);
        ++done;
      }
      over = training.wait() == 0;
      begun =
          fs::exists(folder / (name + "/last.safetensors")) || fs::exists(folder / (name + "/previous.safetensors"));
      if (!begun) fs::remove_all(folder / name);  // killed before its first saving
    }
    if (!over) over = localize(folder, begun ? "train --resume " + name : kTrain + "--run " + name).code == 0;
    CHECK(over);
    check_equal_runs(folder, name);
    fs::remove_all(folder / name);
  }
}

TEST_CASE("a damaged state falls back to the one before, and that is said") {
  const DataFolder folder;
  REQUIRE(localize(folder, kTrain + "--run whole").code == 0);
  {
    Process training(folder, kTrain + "--run a");
    wait_for(folder / "log", "epoch  2/4");
    training.send(SIGINT);
    CHECK(training.wait() == 130);
  }
  const auto bytes = bytes_of(folder / "a/last.safetensors");
  folder.write("a/last.safetensors", bytes.substr(0, bytes.size() / 2));
  const auto resumed = localize(folder, "train --resume a");
  INFO(resumed.err);
  CHECK(resumed.code == 0);
  CHECK_THAT(resumed.out, ContainsSubstring("last.safetensors") && ContainsSubstring("going on from the one before"));
  check_equal_runs(folder, "a");
}

TEST_CASE("a run can be resumed when it is done, and only as what it is") {
  const DataFolder folder;
  REQUIRE(localize(folder, kTrain).code == 0);  // runs/train-001
  const auto before = bytes_of(folder / "runs/train-001/best.safetensors");
  const auto again = localize(folder, "train --resume");
  INFO(again.err);
  CHECK(again.code == 0);
  CHECK_THAT(again.out, ContainsSubstring("measured again from runs/train-001/best.safetensors") &&
                            ContainsSubstring("the training is done") && !ContainsSubstring("going on"));
  CHECK(bytes_of(folder / "runs/train-001/best.safetensors") == before);
  const auto other = localize(folder, "train --resume runs/train-001 --epochs 9");
  CHECK(other.code == 2);
  CHECK_THAT(other.err, ContainsSubstring("--epochs"));
  const auto nowhere = localize(folder, "train --resume nowhere");
  CHECK(nowhere.code == 4);
  CHECK_THAT(nowhere.err, ContainsSubstring("cannot open \"nowhere/train.toml\""));
  folder.write("mistyped/train.toml", bytes_of(folder / "runs/train-001/train.toml") + "epohcs=3\n");
  const auto mistyped = localize(folder, "train --resume mistyped");
  CHECK(mistyped.code == 4);
  CHECK_THAT(mistyped.err, ContainsSubstring("epohcs"));
  folder.spoil("other.csv", "scene-00003.jpg,", "scene-00003.jpg,1");
  fs::copy_file(folder / "other.csv", folder / "d/data.csv", fs::copy_options::overwrite_existing);
  const auto changed = localize(folder, "train --resume runs/train-001");
  CHECK(changed.code == 4);
  CHECK_THAT(changed.err, ContainsSubstring("have changed"));
}

TEST_CASE("a run with every option at its default can be resumed and repeated") {
  const DataFolder folder;
  REQUIRE(localize(folder, "train --csv d/data.csv --images d/images --epochs 1 --run a").code == 0);
  for (const std::string again : {"--resume a", "--config a/train.toml --run b"}) {
    const auto outcome = localize(folder, "train " + again);
    CAPTURE(again, outcome.err);
    CHECK(outcome.code == 0);
  }
}

TEST_CASE("who asks twice is stopped at once") {
  const DataFolder folder;
  Process training(folder, "train --csv d/data.csv --images d/images --epochs 100000 --size 48 64 --run a");
  wait_for(folder / "log", "parameters\n");
  training.send(SIGINT);
  training.send(SIGINT);
  CHECK(training.wait() == 130);
}
