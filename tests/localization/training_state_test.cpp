#include "training/training_state.h"

#include <boxfeed/core/error.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "model/checked_weights.h"
#include "model/network.h"
#include "model/weights.h"
#include "support/catch.h"
#include "support/temporary_folder.h"
#include "training/optimization.h"

namespace training_state_test {

namespace fs = std::filesystem;
using boxfeed::testing::TemporaryFolder;
using Catch::Matchers::ContainsSubstring;
using namespace localization;

namespace {

/// A network that has taken a step, its average and its optimizer.
struct Training {
  Network network, average;
  torch::optim::AdamW optimizer;

  explicit Training(std::uint64_t seed)
      : network((torch::manual_seed(seed), NetworkOptions{})),
        average(NetworkOptions{}),
        optimizer(network->parameter_groups(0.01, 0.01, 0.02)) {
    step(0);
  }

  void step(double number) {
    optimizer.zero_grad();
    network(torch::full({2, 3, 32, 32}, number)).boxes.square().sum().backward();
    optimizer.step();
    update_average(*average, *network, 0.9, 5);
  }

  Trained trained() { return {*network, *average, optimizer}; }
};

bool same(const torch::nn::Module& a, const torch::nn::Module& b) {
  const auto others = state_dict(b);
  for (const auto& [name, tensor] : state_dict(a)) {
    if (!torch::equal(tensor, others.at(name))) return false;
  }
  return true;
}

TrainingState some_state(std::int64_t step) {
  TrainingState state;
  state.epoch = 3;
  state.step = step;
  state.seen = 32;
  state.rate = 0.3;
  state.loss_sum = 0.1;  // which no short text has
  state.loader = R"({"a": "state"})";
  state.seconds = 12.5;
  state.data = "some data";
  state.results = {{1, 0.1, 0.2, 0.3, {{"mean_iou", "IoU", 0.7}}, 100, 0, 4}};
  return state;
}

void damage(const std::string& path) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(5000);
  file.put('?');
}

}  // namespace

TEST_CASE("a training that was saved goes on to the bit") {
  const TemporaryFolder folder;
  const RunFolder run(folder / "r", "train");
  Training training(1), late(2);
  CHECK_FALSE(same(*training.network, *late.network));
  save_training(run, training.trained(), some_state(7));
  const auto random = torch::rand({3});
  std::vector<std::string> remarks;
  const auto state = load_training(run, late.trained(), remarks);
  CHECK(remarks.empty());
  CHECK(torch::equal(torch::rand({3}), random));
  CHECK(same(*training.network, *late.network));
  CHECK(same(*training.average, *late.average));
  for (const double number : {1., -0.5}) {
    training.step(number);
    late.step(number);
  }
  CHECK(same(*training.network, *late.network));
  CHECK(same(*training.average, *late.average));
  CHECK(state.epoch == 3);
  CHECK(state.step == 7);
  CHECK(state.seen == 32);
  CHECK(state.rate == 0.3);
  CHECK(state.loss_sum == 0.1);
  CHECK(state.loader == R"({"a": "state"})");
  CHECK(state.seconds == 12.5);
  CHECK(state.data == "some data");
  REQUIRE(state.results.size() == 1);
  CHECK(state.results[0].metrics[0].value == 0.7);
}

TEST_CASE("where the last state is damaged or gone, the one before is used, and said so") {
  const TemporaryFolder folder;
  const RunFolder run(folder / "r", "train");
  Training training(1);
  std::vector<std::string> remarks;
  CHECK_THROWS_WITH(load_training(run, training.trained(), remarks), ContainsSubstring("last.safetensors"));
  save_training(run, training.trained(), some_state(7));
  damage(run / "last.safetensors");
  CHECK_THROWS_AS(load_training(run, training.trained(), remarks), CheckpointError);
  CHECK(remarks.empty());
  save_training(run, training.trained(), some_state(7));
  save_training(run, training.trained(), some_state(8));
  CHECK(load_training(run, training.trained(), remarks).step == 8);
  damage(run / "last.safetensors");
  CHECK(load_training(run, training.trained(), remarks).step == 7);
  REQUIRE(remarks.size() == 1);
  CHECK_THAT(remarks[0], ContainsSubstring("last.safetensors") && ContainsSubstring("previous.safetensors"));
  fs::remove(run / "last.safetensors");
  CHECK(load_training(run, training.trained(), remarks).step == 7);
  CHECK(remarks.size() == 2);
  save_training(run, training.trained(), some_state(9));  // into a folder without the last one
  CHECK(load_training(run, training.trained(), remarks).step == 9);
}

TEST_CASE("the state of a training of another network is refused with its name") {
  const TemporaryFolder folder;
  const RunFolder run(folder / "r", "train");
  Training training(1);
  save_training(run, training.trained(), some_state(7));
  Network other(NetworkOptions{"small", 1, Outputs{}}), average(NetworkOptions{"small", 1, Outputs{}});
  torch::optim::AdamW optimizer(other->parameter_groups(0.01, 0.01, 0.02));
  std::vector<std::string> remarks;
  CHECK_THROWS_WITH(load_training(run, {*other, *average, optimizer}, remarks),
                    ContainsSubstring("last.safetensors") && ContainsSubstring("backbone.block1.conv.weight"));
}

}  // namespace training_state_test
