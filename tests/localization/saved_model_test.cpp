#include "model/saved_model.h"

#include <boxfeed/core/error.h>
#include <boxfeed/transforms/pipeline.h>

#include <algorithm>
#include <limits>
#include <string>

#include "support/catch.h"
#include "support/temporary_folder.h"

namespace saved_model_test {

using boxfeed::testing::bytes_of;
using boxfeed::testing::TemporaryFolder;
using Catch::Matchers::ContainsSubstring;
using namespace localization;

namespace {

ModelDescription small_description() {
  ModelDescription description;
  description.target.keypoints = {"nose", "ear"};
  description.target.visibility = true;
  description.target.numbers = {{"age", 30.25, 7.5}};
  description.preprocessing = {{40, 48}, fitting({40, 48}, true), 1, {0.4F}, {0.3F}};
  description.augmentation = boxfeed::transforms::augmentation_preset("light");
  description.network = {"small", 1, outputs_of(description.target)};
  description.metric = "NME 0.125";
  description.epoch = 3;
  return description;
}

/// Why a file with these bytes is refused.
std::string refusal(const TemporaryFolder& folder, const std::string& bytes) {
  try {
    load_model(folder.write("damaged.safetensors", bytes));
  } catch (const CheckpointError& error) {
    return error.what();
  }
  return "it was not refused";
}

}  // namespace

TEST_CASE("saved weights come back with their description and give the same answers") {
  const TemporaryFolder folder;
  torch::manual_seed(5);
  const auto description = small_description();
  Network network(description.network);
  network->train();
  network(torch::rand({4, 1, 40, 48}));  // moves the statistics of the normalization
  network->eval();
  save_model(folder / "a.safetensors", network, description);
  auto loaded = load_model(folder / "a.safetensors");
  const auto& [options, target, preprocessing, augmentation, metric, epoch] = loaded.description;
  CHECK(options.backbone == "small");
  CHECK(options.channels == 1);
  CHECK_FALSE(target.box);
  CHECK(target.keypoints == std::vector<std::string>{"nose", "ear"});
  CHECK(target.visibility);
  REQUIRE(target.numbers.size() == 1);
  CHECK(target.numbers[0].name == "age");
  CHECK(target.numbers[0].mean == 30.25);
  CHECK(target.numbers[0].std == 7.5);
  CHECK(preprocessing.image_size == boxfeed::ImageSize{40, 48});
  CHECK(boxfeed::transforms::to_json(preprocessing.pipeline) == boxfeed::transforms::to_json(fitting({40, 48}, true)));
  CHECK(preprocessing.channels == 1);
  CHECK(preprocessing.mean == std::vector<float>{0.4F});
  CHECK(preprocessing.std == std::vector<float>{0.3F});
  CHECK(boxfeed::transforms::to_json(augmentation) ==
        boxfeed::transforms::to_json(boxfeed::transforms::augmentation_preset("light")));
  CHECK(metric == "NME 0.125");
  CHECK(epoch == 3);
  const auto images = torch::rand({2, 1, 40, 48});
  CHECK_FALSE(loaded.network->is_training());
  CHECK(torch::equal(loaded.network(images).keypoints, network(images).keypoints));
  CHECK(torch::equal(loaded.network(images).numbers, network(images).numbers));
}

TEST_CASE("a flipped bit anywhere is found before a tensor is made") {
  const TemporaryFolder folder;
  const auto description = small_description();
  save_model(folder / "a.safetensors", Network(description.network), description);
  const std::string bytes = bytes_of(folder / "a.safetensors");
  // Every bit of the length and of the last eight bytes, one in 397 of the header, one in 99991 of the rest.
  std::vector<std::size_t> bits;
  for (std::size_t bit = 0; bit < 8 * bytes.size();) {
    bits.push_back(bit);
    const bool last = bit >= 8 * bytes.size() - 64;
    bit = bit < 64 || last ? bit + 1 : std::min(bit + (bit < 100000 ? 397 : 99991), 8 * bytes.size() - 64);
  }
  REQUIRE(bits.size() > 400);
  for (const std::size_t bit : bits) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    INFO("bit " << bit);
    CHECK(refusal(folder, flipped) != "it was not refused");
  }
}

TEST_CASE("a file that was cut off is refused, and one of something else by what it is") {
  const TemporaryFolder folder;
  const auto description = small_description();
  Network network(description.network);
  save_model(folder / "a.safetensors", network, description);
  const std::string bytes = bytes_of(folder / "a.safetensors");
  for (const std::size_t length :
       {std::size_t{0}, std::size_t{7}, std::size_t{100}, bytes.size() / 2, bytes.size() - 1}) {
    CHECK(refusal(folder, bytes.substr(0, length)) != "it was not refused");
  }
  CHECK_THAT(refusal(folder, "no weights at all, but some text"), ContainsSubstring("damaged.safetensors"));
  write_weights(folder / "other.safetensors", {state_dict(*network), {}});
  CHECK_THAT(refusal(folder, bytes_of(folder / "other.safetensors")), ContainsSubstring("not of localize"));
  write_checked(folder / "newer.safetensors", "weights, version 9", {state_dict(*network), {}});
  CHECK_THAT(refusal(folder, bytes_of(folder / "newer.safetensors")),
             ContainsSubstring("expected a file of localize with weights, version 2, got one with weights, version 9"));
  CHECK_THROWS_WITH(load_model(folder / "missing.safetensors"), ContainsSubstring("missing.safetensors"));
}

TEST_CASE("weights of another network are refused with names and shapes") {
  const TemporaryFolder folder;
  auto description = small_description();
  Network network(description.network);
  description.target.keypoints.emplace_back("tail");
  save_model(folder / "a.safetensors", network, description);
  CHECK_THROWS_WITH(load_model(folder / "a.safetensors"), ContainsSubstring("head.cells.weight"));
}

TEST_CASE("weights that are not finite are not saved, and the old file stays") {
  const TemporaryFolder folder;
  const auto description = small_description();
  Network network(description.network);
  save_model(folder / "a.safetensors", network, description);
  const std::string before = bytes_of(folder / "a.safetensors");
  {
    const torch::NoGradGuard no_grad;
    network->parameters().back().fill_(std::numeric_limits<float>::quiet_NaN());
  }
  CHECK_THROWS_WITH(save_model(folder / "a.safetensors", network, description), ContainsSubstring("finite"));
  CHECK(bytes_of(folder / "a.safetensors") == before);
}

TEST_CASE("a file that cannot be written is an error, and the old file stays") {
  const TemporaryFolder folder;
  const auto description = small_description();
  CHECK_THROWS_AS(save_model(folder / "no/such/folder/a.safetensors", Network(description.network), description),
                  boxfeed::Error);
}

}  // namespace saved_model_test
