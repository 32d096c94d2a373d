#include <boxfeed/core/error.h>
#include <boxfeed/data/csv_dataset.h>
#include <torch/types.h>

#include <cmath>
#include <cstdlib>
#include <set>
#include <stdexcept>
#include <string>

#include "data/coordinate_images.h"
#include "support/catch.h"

using boxfeed::CsvDataset;
using boxfeed::DatasetOptions;
using boxfeed::ImageError;
using boxfeed::Reason;
using boxfeed::testing::CoordinateImages;
using boxfeed::testing::FortyImages;
using boxfeed::testing::values;
using Catch::Matchers::ContainsSubstring;

namespace {

/// The image numbers (the blue channel) of all examples that a loader delivers, in order.
template <typename Loader>
std::vector<int> delivered(Loader& loader) {
  std::vector<int> numbers;
  for (auto& batch : loader) {
    CHECK(batch.data.size(0) == batch.target.size(0));
    for (const float blue : values(batch.data.select(1, 2).select(1, 0).select(1, 0) * 255)) {
      numbers.push_back(static_cast<int>(std::lround(blue)));
    }
  }
  return numbers;
}

}  // namespace

TEST_CASE("the label hook sees the scaled labels") {
  CoordinateImages images;
  images.add(0, 10, 10);
  const std::string csv = "image,x,y,h,w\n0.png,1,2,3,4\n";
  const auto to_center = [](const std::vector<float>& v) {
    return std::vector<float>{v[0] + v[3] / 2, v[1] + v[2] / 2};
  };
  SECTION("and may return another number of them") {
    auto dataset =
        images.dataset(csv, DatasetOptions().image_size({20, 20}).target_transform(to_center).target_size(2));
    CHECK(values(dataset.get(0).target) == std::vector<float>{6, 7});
  }
  SECTION("which must be announced") {
    auto dataset = images.dataset(csv, DatasetOptions().target_transform(to_center));
    CHECK_THROWS_WITH(dataset.get(0), ContainsSubstring("expected 4 numbers") && ContainsSubstring("got 2"));
  }
}

TEST_CASE("a tar or a zip takes the place of the folder of images") {
  FortyImages images;
  auto folder = images.dataset();
  const std::string path = images.folder().path().string();
  REQUIRE(std::system(("cd '" + path +
                       "' && tar -cf images.tar images && tar -cf flat.tar -C images . && "
                       "python3 -m zipfile -c images.zip images")
                          .c_str()) == 0);
  for (const auto* name : {"images.tar", "flat.tar", "images.zip"}) {
    CAPTURE(name);
    CsvDataset archive(path + "/data.csv", path + "/" + name, DatasetOptions().image_size({6, 8}).check_files(true));
    for (std::size_t i = 0; i < 40; ++i) {
      CHECK(torch::equal(archive.get(i).data, folder.get(i).data));
      CHECK(torch::equal(archive.get(i).target, folder.get(i).target));
    }
  }
  images.folder().write("bad.csv", "image,v\n0.png,1\n99.png,2\n");
  CsvDataset missing(path + "/bad.csv", path + "/images.zip");
  CHECK_THROWS_WITH(missing.get(1),
                    ContainsSubstring("bad.csv:3") &&
                        ContainsSubstring("images.zip/99.png\": No such file or directory in the archive"));
}

TEST_CASE("an image that cannot be read is named with its row") {
  CoordinateImages images;
  images.add(0, 4, 4);
  const std::string csv = "image,v\n0.png,1\nmisspelt.png,2\n";
  SECTION("when it is asked for") {
    auto dataset = images.dataset(csv);
    CHECK_NOTHROW(dataset.get(0));
    try {
      dataset.get(1);
      FAIL("nothing was thrown");
    } catch (const ImageError& error) {
      CHECK(error.reason() == Reason::kNotFound);
      REQUIRE(error.place().has_value());
      CHECK(error.place()->line == 3);
      CHECK(error.place()->index == 1);
      CHECK(error.place()->annotation_path == images.folder() / "data.csv");
      CHECK_THAT(error.what(), ContainsSubstring("data.csv:3 (example 1)") && ContainsSubstring("misspelt.png"));
    }
  }
  SECTION("or when the dataset is made, if the files are checked then") {
    CHECK_THROWS_WITH(images.dataset(csv, DatasetOptions().check_files(true)),
                      ContainsSubstring("data.csv:3 (example 1)") && ContainsSubstring("misspelt.png"));
  }
  SECTION("all missing files are counted, and the first twenty named") {
    std::string many = "image,v\n";
    for (int i = 0; i < 30; ++i) many += "missing" + std::to_string(i) + ".png,1\n";
    CHECK_THROWS_WITH(
        images.dataset(many, DatasetOptions().check_files(true)),
        ContainsSubstring("missing19.png") && !ContainsSubstring("missing20.png") && ContainsSubstring("30"));
  }
}

TEST_CASE("opening a dataset reads no image") {
  CoordinateImages images;
  std::string csv = "image,x,y,h,w\n";
  for (int i = 0; i < 100000; ++i) csv += "none/" + std::to_string(i) + ".jpg,1,2,3,4\n";
  CHECK(images.dataset(csv).size() == 100000);
}

TEST_CASE("an index beyond the end is refused") {
  CoordinateImages images;
  images.add(0, 4, 4);
  auto dataset = images.dataset("image,v\n0.png,1\n");
  CHECK_THROWS_AS(dataset.get(1), std::out_of_range);
}

TEST_CASE("a copy shares the table") {
  CoordinateImages images;
  images.add(0, 4, 4);
  const auto dataset = images.dataset("image,v\n0.png,1\n");
  const auto copy = dataset;
  CHECK(&copy.table() == &dataset.table());
}

TEST_CASE("a subset keeps the rows' places") {
  FortyImages images;
  auto half = images.dataset().subset({39, 2});
  REQUIRE(half.size() == 2);
  CHECK(half.get(0).data[2][0][0].item<float>() * 255 == Approx(39));
  CHECK(half.get(1).data[2][0][0].item<float>() * 255 == Approx(2));
  CHECK(half.table().line(0) == 41);
}

TEST_CASE("a batch that is made in place has what get would have made") {
  FortyImages images;
  auto dataset = images.dataset(DatasetOptions().image_size({12, 10}));
  boxfeed::StageTimes times;
  const auto batch = boxfeed::testing::load(dataset, {0, 0, 17}, &times);
  REQUIRE(batch.data.sizes() == torch::IntArrayRef({1, 3, 12, 10}));
  REQUIRE(batch.target.sizes() == torch::IntArrayRef({1, 4}));
  const auto example = dataset.get(17);
  CHECK(torch::equal(batch.data[0], example.data));
  CHECK(torch::equal(batch.target[0], example.target));
  CHECK(times[boxfeed::Stage::kDecode].count() > 0);
  CHECK(times[boxfeed::Stage::kRead].count() > 0);
}

TEST_CASE("two rows of one image with different boxes are refused, and equal ones are one row twice") {
  FortyImages images;
  CHECK_THROWS_WITH(
      images.CoordinateImages::dataset("image,x,y,h,w\n1.png,1,1,2,3\n2.png,1,1,2,3\n1.png,2,1,2,3\n"),
      ContainsSubstring(
          "data.csv:4: expected one record for each image, got another one of image \"1.png\", with other "
          "boxes than line 2") &&
          ContainsSubstring("group_by_image"));
  CHECK(images.CoordinateImages::dataset("image,x,y,h,w\n1.png,1,1,2,3\n1.png,1,1,2,3\n").size() == 2);
  // Without boxes there is nothing that a row could leave out.
  CHECK(images.CoordinateImages::dataset("image,angle\n1.png,1\n1.png,2\n").size() == 2);
  CHECK(images.dataset().subset({3, 3}).size() == 2);
}

TEST_CASE(
    "two rows of one image with other classes or keypoints are refused, and so is a background row beside a box") {
  FortyImages images;
  for (const auto* rows :
       {"image,x,y,h,w,class\n0.png,1,1,2,3,cat\n0.png,1,1,2,3,dog\n", "image,nose_x,nose_y\n0.png,1,1\n0.png,2,1\n"}) {
    CAPTURE(rows);
    CHECK_THROWS_WITH(images.CoordinateImages::dataset(rows),
                      ContainsSubstring("data.csv:3: expected one record for each image"));
  }
  const auto dataset = images.CoordinateImages::dataset("image,angle\n0.png,1\n0.png,2\n");  // measured twice
  CHECK(dataset.table().size() == 2);
}

TEST_CASE("a box that the policy leaves out is told as such, not as a background row") {
  FortyImages images;
  CHECK_THROWS_WITH(
      images.CoordinateImages::dataset(
          "image,x,y,h,w\n0.png,1,1,0,3\n",
          DatasetOptions().box_policy(boxfeed::BoxPolicy().degenerate(boxfeed::BoxAction::kSkip))),
      ContainsSubstring("data.csv:2: expected 1 box") && ContainsSubstring("the box policy left it out (degenerate"));
}

TEST_CASE("LibTorch's loader delivers every example once with its samplers") {
  FortyImages images;
  const auto dataset = images.dataset();
  std::vector<int> all(40);
  for (int i = 0; i < 40; ++i) all[static_cast<std::size_t>(i)] = i;
  for (const std::size_t workers : {0, 1, 3}) {
    CAPTURE(workers);
    const auto options = torch::data::DataLoaderOptions().batch_size(7).workers(workers);
    const auto stacked = [&] { return CsvDataset(dataset).map(torch::data::transforms::Stack<>()); };
    auto sequential = torch::data::make_data_loader<torch::data::samplers::SequentialSampler>(stacked(), options);
    CHECK(delivered(*sequential) == all);
    auto random = torch::data::make_data_loader<torch::data::samplers::RandomSampler>(stacked(), options);
    const auto first = delivered(*random), second = delivered(*random);
    CHECK(first != second);
    CHECK(std::multiset<int>(first.begin(), first.end()) == std::multiset<int>(all.begin(), all.end()));
    CHECK(std::multiset<int>(second.begin(), second.end()) == std::multiset<int>(all.begin(), all.end()));
  }
}

TEST_CASE("LibTorch's distributed sampler shares the examples out") {
  FortyImages images;
  std::multiset<int> seen;
  for (const std::size_t rank : {0, 1, 2, 3}) {
    torch::data::samplers::DistributedRandomSampler sampler(40, /*num_replicas=*/4, rank);
    auto loader = torch::data::make_data_loader(images.dataset().map(torch::data::transforms::Stack<>()), sampler,
                                                torch::data::DataLoaderOptions().batch_size(3).workers(2));
    const auto numbers = delivered(*loader);
    CHECK(numbers.size() == 10);
    seen.insert(numbers.begin(), numbers.end());
  }
  std::multiset<int> all;
  for (int i = 0; i < 40; ++i) all.insert(i);
  CHECK(seen == all);
}

TEST_CASE("the dataset can be mapped further before it is stacked") {
  FortyImages images;
  auto dataset =
      images.dataset().map(torch::data::transforms::Normalize<>(0.5, 0.5)).map(torch::data::transforms::Stack<>());
  const auto batch = dataset.get_batch(std::vector<std::size_t>{3, 4});
  REQUIRE(batch.data.sizes() == torch::IntArrayRef({2, 3, 6, 8}));
  CHECK(batch.data[1][2][0][0].item<float>() == Approx((4 / 255.0 - 0.5) / 0.5));
  CHECK(values(batch.target) == std::vector<float>{3, 1, 2, 3, 0, 1, 2, 3});
}

TEST_CASE("a box that leaves its image is refused when the example is read, or clipped") {
  CoordinateImages images;
  images.add(0, 10, 10);
  const std::string csv = "image,x,y,h,w\n0.png,4,4,2,8\n";
  const auto options = DatasetOptions().image_size({10, 10});
  auto strict = images.dataset(csv, options);
  CHECK_THROWS_WITH(strict.get(0), ContainsSubstring("data.csv:2") && ContainsSubstring("within the image"));
  auto clipping = options;
  clipping.box_policy(boxfeed::BoxPolicy().outside(boxfeed::BoxAction::kFix));
  CHECK(values(images.dataset(csv, clipping).get(0).target) == std::vector<float>{4, 4, 2, 6});
  auto skipping = options;
  skipping.box_policy(boxfeed::BoxPolicy().outside(boxfeed::BoxAction::kSkip));
  auto cannot = images.dataset(csv, skipping);
  CHECK_THROWS_AS(cannot.get(0), ImageError);
}

TEST_CASE("a box that cannot be one is refused when the dataset is made") {
  CoordinateImages images;
  images.add(0, 10, 10);
  CHECK_THROWS_WITH(images.dataset("image,x,y,h,w\n0.png,4,4,0,3\n"),
                    ContainsSubstring("data.csv:2") && ContainsSubstring("a width and a height"));
}
