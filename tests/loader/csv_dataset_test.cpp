#include <boxfeed/data/csv_dataset.h>
#include <boxfeed/loader/make_data_loader.h>
#include <torch/types.h>

#include "support/catch.h"
#include "support/temporary_folder.h"

// The loader over boxfeed's own dataset, from files.

using namespace boxfeed;
using boxfeed::testing::TemporaryFolder;
using Catch::Matchers::ContainsSubstring;
using Options = boxfeed::DataLoaderOptions;

namespace {

/// A BMP of 2 × 2 pixels of one gray value: rows of two pixels are padded to eight bytes.
std::string gray_bmp(unsigned char value) {
  const auto number = [](std::uint32_t n, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i) text += static_cast<char>(n >> (8 * i));
    return text;
  };
  const std::string row = std::string(6, static_cast<char>(value)) + std::string(2, '\0');
  return "BM" + number(70, 4) + number(0, 4) + number(54, 4) + number(40, 4) + number(2, 4) + number(2, 4) +
         number(1, 2) + number(24, 2) + number(0, 4) + number(16, 4) + std::string(16, '\0') + row + row;
}

/// Ten images, example i of the gray value 20 i, with the labels i and 10 i; those of `missing` are not there.
struct Files {
  explicit Files(const std::vector<int>& missing = {}) {
    std::string csv = "image,a,b\n";
    for (int i = 0; i < 10; ++i) {
      const std::string name = std::to_string(i) + ".bmp";
      csv += name + "," + std::to_string(i) + "," + std::to_string(10 * i) + "\n";
      if (std::find(missing.begin(), missing.end(), i) == missing.end()) {
        folder.write("images/" + name, gray_bmp(static_cast<unsigned char>(20 * i)));
      }
    }
    path = folder.write("data.csv", csv);
  }
  CsvDataset dataset() const {
    return CsvDataset(path, folder / "images", DatasetOptions().image_size({3, 4}).dtype(torch::kUInt8));
  }

  TemporaryFolder folder;
  std::string path;
};

}  // namespace

TEST_CASE("batches of a CSV and its images, the same for any number of workers, with a stack or without") {
  const Files files;
  const auto check = [](auto& loader) {
    std::int64_t next = 0;
    for (auto& batch : loader) {
      CHECK(batch.data.sizes() == torch::IntArrayRef({next == 8 ? 2 : 4, 3, 3, 4}));
      CHECK(batch.data.dtype() == torch::kUInt8);
      for (std::int64_t i = 0; i < batch.data.size(0); ++i, ++next) {
        CHECK((batch.data[i] == 20 * next).all().template item<bool>());
        CHECK(torch::equal(batch.target[i],
                           torch::tensor({1.F * static_cast<float>(next), 10.F * static_cast<float>(next)})));
      }
    }
    CHECK(next == 10);
  };
  for (const std::size_t workers : {0, 1, 3}) {
    auto direct = make_data_loader<samplers::SequentialSampler>(files.dataset(), Options(4).workers(workers));
    check(*direct);
    auto stacked = make_data_loader<torch::data::samplers::SequentialSampler>(
        files.dataset().map(torch::data::transforms::Stack<>()), Options(4).workers(workers));
    check(*stacked);
    CHECK(stacked->stats().stages[Stage::kRead].count() > 0);
  }
}

TEST_CASE("a file that is missing is named with its line and index, or left out, and listed") {
  const Files files({3, 6});
  for (const std::size_t workers : {0, 2}) {
    auto loader = make_data_loader<samplers::SequentialSampler>(files.dataset(), Options(4).workers(workers));
    try {
      static_cast<void>(*loader->begin());
      FAIL("nothing was thrown");
    } catch (const ImageError& error) {
      CHECK(error.reason() == Reason::kNotFound);
      CHECK_THAT(error.what(), ContainsSubstring("data.csv:5 (example 3)"));
      CHECK_THAT(error.what(), ContainsSubstring("3.bmp"));
    }
    auto skipping = make_data_loader<samplers::SequentialSampler>(
        files.dataset(), Options(4).workers(workers).error_policy(ErrorPolicy::kSkip).max_errors(0.2));
    std::vector<float> labels;
    for (auto& batch : *skipping) {
      for (std::int64_t i = 0; i < batch.target.size(0); ++i) labels.push_back(batch.target[i][0].item<float>());
    }
    CHECK(labels == std::vector<float>{0, 1, 2, 4, 5, 7, 8, 9});
    REQUIRE(skipping->errors().size() == 2);
    CHECK(skipping->errors()[1].index == 6U);
    CHECK(skipping->errors()[1].reason == Reason::kNotFound);
  }
}

TEST_CASE("a state of a CSV whose rows have changed is refused") {
  const Files files;
  auto loader = make_data_loader(files.dataset(), Options(4).seed(1));
  const std::string state = loader->state();
  auto same = make_data_loader(files.dataset(), Options(4).seed(1));
  CHECK_NOTHROW(same->load_state(state));
  files.folder.write("data.csv",
                     "image,a,b\n0.bmp,1,1\n1.bmp,2,2\n2.bmp,1,1\n3.bmp,1,1\n4.bmp,1,1\n5.bmp,1,1\n"
                     "6.bmp,1,1\n7.bmp,1,1\n8.bmp,1,1\n9.bmp,1,1\n");
  auto changed = make_data_loader(files.dataset(), Options(4).seed(1));
  try {
    changed->load_state(state);
    FAIL("nothing was thrown");
  } catch (const Error& error) {
    CHECK(error.reason() == Reason::kDatasetChanged);
  }
}
