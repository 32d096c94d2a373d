#include "model/checkpoint.h"

#include <boxfeed/core/error.h>
#include <boxfeed/transforms/pipeline.h>

#include <fstream>
#include <iterator>
#include <limits>
#include <string>

#include "support/catch.h"
#include "support/temporary_folder.h"

using boxfeed::Reason;
using boxfeed::testing::TemporaryFolder;
using localization::Localizer;
using localization::LocalizerOptions;

namespace {

const LocalizerOptions kSmall{1, 8};

localization::ModelDescription small_description() {
  return {kSmall,
          {{40, 48}, localization::fitting({40, 48}, true), 1, {0.4F}, {0.3F}},
          boxfeed::transforms::augmentation_preset("light"),
          0.75,
          3};
}

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The reason why a file with these bytes is refused.
Reason refusal(const TemporaryFolder& folder, const std::string& bytes) {
  try {
    localization::load_checkpoint(folder.write("damaged.pt", bytes));
  } catch (const boxfeed::Error& error) {
    return error.reason();
  }
  throw std::runtime_error("it was not refused");
}

}  // namespace

TEST_CASE("saved weights come back with their description and give the same boxes") {
  const TemporaryFolder folder;
  torch::manual_seed(5);
  Localizer network(kSmall);
  network->train();
  network(torch::rand({4, 1, 40, 48}));  // moves the statistics of the normalization
  network->eval();
  localization::save_checkpoint(folder / "a.pt", network, small_description());
  auto loaded = localization::load_checkpoint(folder / "a.pt");
  const auto& preprocessing = loaded.description.preprocessing;
  CHECK(loaded.description.model.channels == 1);
  CHECK(preprocessing.image_size == boxfeed::ImageSize{40, 48});
  CHECK(boxfeed::transforms::to_json(preprocessing.pipeline) ==
        boxfeed::transforms::to_json(localization::fitting({40, 48}, true)));
  CHECK(preprocessing.channels == 1);
  CHECK(preprocessing.mean == std::vector<float>{0.4F});
  CHECK(preprocessing.std == std::vector<float>{0.3F});
  CHECK(boxfeed::transforms::to_json(loaded.description.augmentation) ==
        boxfeed::transforms::to_json(boxfeed::transforms::augmentation_preset("light")));
  CHECK(loaded.description.best_iou == 0.75);
  CHECK(loaded.description.epoch == 3);
  const auto images = torch::rand({2, 1, 40, 48});
  CHECK(torch::equal(loaded.network(images), network(images)));
}

TEST_CASE("a flipped bit anywhere is found before LibTorch sees the file") {
  const TemporaryFolder folder;
  localization::save_checkpoint(folder / "a.pt", Localizer(kSmall), small_description());
  const std::string bytes = bytes_of(folder / "a.pt");
  // Every bit of the beginning and of the end, and one in 997 between.
  std::vector<std::size_t> bits;
  for (std::size_t bit = 0; bit < 8 * bytes.size(); bit += bit < 512 || bit > 8 * bytes.size() - 128 ? 1 : 997) {
    bits.push_back(bit);
  }
  REQUIRE(bits.size() > 600);
  for (const std::size_t bit : bits) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    const Reason reason = refusal(folder, flipped);
    const bool in_version = bit < 8 * 16;  // the magic word and the version
    CHECK(reason == (in_version ? Reason::kFormatVersion : Reason::kChecksum));
  }
}

TEST_CASE("a truncated, lengthened or foreign file is refused") {
  const TemporaryFolder folder;
  localization::save_checkpoint(folder / "a.pt", Localizer(kSmall), small_description());
  const std::string bytes = bytes_of(folder / "a.pt");
  for (std::size_t length = 1; length < 40; ++length) {
    CHECK(refusal(folder, bytes.substr(0, length)) == Reason::kFormatVersion);  // too short to be one at all
  }
  for (std::size_t length = 40; length < bytes.size(); length += 1 + bytes.size() / 50) {
    CHECK(refusal(folder, bytes.substr(0, length)) == Reason::kChecksum);
  }
  CHECK(refusal(folder, bytes + "x") == Reason::kChecksum);
  CHECK(refusal(folder, "") == Reason::kEmptyFile);
  CHECK(refusal(folder, std::string(1000, 'x')) == Reason::kFormatVersion);
  CHECK_THROWS_AS(localization::load_checkpoint(folder / "missing.pt"), boxfeed::Error);
}

TEST_CASE("weights of another network are refused with the names and shapes") {
  const TemporaryFolder folder;
  localization::save_checkpoint(folder / "a.pt", Localizer(kSmall), small_description());
  try {
    localization::load_checkpoint(folder / "a.pt", Localizer(LocalizerOptions{1, 16}));
    FAIL("it was not refused");
  } catch (const boxfeed::Error& error) {
    CHECK(error.reason() == Reason::kModelMismatch);
    CHECK_THAT(error.what(), Catch::Matchers::ContainsSubstring("only in the file: head.weight [5,8,1,1]"));
    CHECK_THAT(error.what(), Catch::Matchers::ContainsSubstring("only in the network: head.weight [5,16,1,1]"));
  }
}

TEST_CASE("weights that are not finite are never saved") {
  const TemporaryFolder folder;
  Localizer network(kSmall);
  localization::save_checkpoint(folder / "a.pt", network, small_description());
  const std::string before = bytes_of(folder / "a.pt");
  {
    const torch::NoGradGuard no_grad;
    network->named_parameters()["head.bias"][2] = std::numeric_limits<float>::quiet_NaN();
  }
  CHECK_THROWS_WITH(localization::save_checkpoint(folder / "a.pt", network, small_description()),
                    Catch::Matchers::ContainsSubstring("head.bias"));
  CHECK(bytes_of(folder / "a.pt") == before);
}
