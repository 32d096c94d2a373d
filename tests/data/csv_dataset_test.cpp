#include <boxfeed/core/error.h>
#include <boxfeed/data/csv_dataset.h>
#include <torch/torch.h>

#include <algorithm>
#include <opencv2/imgcodecs.hpp>
#include <set>
#include <stdexcept>

#include "support/catch.h"
#include "support/temporary_folder.h"

using boxfeed::CsvDataset;
using boxfeed::DatasetOptions;
using boxfeed::ImageError;
using boxfeed::Reason;
using Catch::Matchers::ContainsSubstring;

namespace {

/// A folder with PNGs whose pixel (row, column) of image k is red = column, green = row, blue = k.
class CoordinateImages {
 public:
  CoordinateImages() { folder_.write("images/.keep", ""); }

  void add(int k, int height, int width) {
    cv::Mat image(height, width, CV_8UC3);
    for (int row = 0; row < height; ++row) {
      for (int column = 0; column < width; ++column) {
        image.at<cv::Vec3b>(row, column) = cv::Vec3b(static_cast<unsigned char>(k), static_cast<unsigned char>(row),
                                                     static_cast<unsigned char>(column));
      }
    }
    cv::imwrite(folder_ / ("images/" + std::to_string(k) + ".png"), image);
  }

  CsvDataset dataset(const std::string& csv, const DatasetOptions& options = {}) const {
    return CsvDataset(folder_.write("data.csv", csv), folder_ / "images", options);
  }

  const boxfeed::testing::TemporaryFolder& folder() const { return folder_; }

 private:
  boxfeed::testing::TemporaryFolder folder_;
};

/// Forty images of 6 x 8 pixels; image k has the box (k % 4, 1, 2, 3).
class Forty : public CoordinateImages {
 public:
  Forty() {
    for (int k = 0; k < 40; ++k) {
      add(k, 6, 8);
      csv_ += std::to_string(k) + ".png," + std::to_string(k % 4) + ",1,2,3\n";
    }
  }
  CsvDataset dataset(const DatasetOptions& options = DatasetOptions().image_size({6, 8})) const {
    return CoordinateImages::dataset(csv_, options);
  }

 private:
  std::string csv_ = "image,x,y,h,w\n";
};

std::vector<float> values(const torch::Tensor& tensor) {
  const auto flat = tensor.contiguous().to(torch::kFloat32);
  return {flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()};
}

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

TEST_CASE("an example is the image in [0, 1], channels first, and its labels") {
  CoordinateImages images;
  images.add(7, 5, 9);
  auto dataset = images.dataset("image,x,y,h,w\n7.png,1,2,3,4\n", DatasetOptions().image_size({5, 9}));
  REQUIRE(dataset.size() == 1);
  const auto example = dataset.get(0);
  REQUIRE(example.data.sizes() == torch::IntArrayRef({3, 5, 9}));
  REQUIRE(example.data.scalar_type() == torch::kFloat32);
  CHECK(example.data.is_contiguous());
  for (int row = 0; row < 5; ++row) {
    for (int column = 0; column < 9; ++column) {
      REQUIRE(example.data[0][row][column].item<float>() == Approx(column / 255.0).margin(1e-7));
      REQUIRE(example.data[1][row][column].item<float>() == Approx(row / 255.0).margin(1e-7));
      REQUIRE(example.data[2][row][column].item<float>() == Approx(7 / 255.0F).margin(1e-7));
    }
  }
  CHECK(values(example.target) == std::vector<float>{1, 2, 3, 4});
  CHECK(example.target.scalar_type() == torch::kFloat32);
}

TEST_CASE("the image becomes (244, 244) unless another size is asked for") {
  CoordinateImages images;
  images.add(0, 10, 20);
  CHECK(images.dataset("image,x,y,h,w\n0.png,1,2,3,4\n").get(0).data.sizes() == torch::IntArrayRef({3, 244, 244}));
}

TEST_CASE("a box is scaled with its image") {
  CoordinateImages images;
  images.add(0, 100, 50);
  const std::string csv = "image,x,y,h,w\n0.png,10,20,30,40\n";
  SECTION("in pixels of the resized image") {
    const auto target = images.dataset(csv, DatasetOptions().image_size({50, 100})).get(0).target;
    CHECK(values(target) == std::vector<float>{20, 10, 15, 80});
  }
  SECTION("as a fraction of it") {
    const auto options = DatasetOptions().image_size({50, 100}).box_units(boxfeed::BoxUnits::kFractions);
    const auto target = values(images.dataset(csv, options).get(0).target);
    const std::vector<float> expected{0.2F, 0.2F, 0.3F, 0.8F};
    for (std::size_t i = 0; i < 4; ++i) CHECK(target[i] == Approx(expected[i]));
  }
  SECTION("through a letterbox") {
    // 100 x 50 into 80 x 80: scale 0.8, 40 columns wide, 20 columns of border on the left.
    const auto options = DatasetOptions().image_size({80, 80}).resize_mode(boxfeed::ResizeMode::kLetterbox);
    CHECK(values(images.dataset(csv, options).get(0).target) == std::vector<float>{28, 16, 24, 32});
  }
}

TEST_CASE("the target has the file's columns in the file's order") {
  CoordinateImages images;
  images.add(0, 10, 10);
  SECTION("a box among plain numbers") {
    const auto target =
        images.dataset("image,score,h,w,x,y\n0.png,0.25,3,4,1,2\n", DatasetOptions().image_size({20, 30}));
    auto copy = target;
    CHECK(values(copy.get(0).target) == std::vector<float>{0.25F, 6, 12, 3, 4});
  }
  SECTION("plain numbers alone are never scaled") {
    auto dataset = images.dataset("image,angle,speed\n0.png,-1.5,30\n");
    CHECK(values(dataset.get(0).target) == std::vector<float>{-1.5F, 30});
  }
}

TEST_CASE("one channel is grey") {
  CoordinateImages images;
  images.add(100, 4, 4);
  auto dataset = images.dataset("image,v\n0.png,1\n100.png,2\n", DatasetOptions().image_size({4, 4}).channels(1));
  const auto data = dataset.get(1).data;
  REQUIRE(data.sizes() == torch::IntArrayRef({1, 4, 4}));
  // ITU-R BT.601: 0.299 R + 0.587 G + 0.114 B, with R = 3, G = 2, B = 100, to a grey level.
  CHECK(data[0][2][3].item<float>() * 255 == Approx(0.299 * 3 + 0.587 * 2 + 0.114 * 100).margin(1));
}

TEST_CASE("pixels can stay 8-bit numbers") {
  CoordinateImages images;
  images.add(9, 4, 6);
  auto dataset = images.dataset("image,v\n9.png,1\n", DatasetOptions().image_size({4, 6}).dtype(torch::kUInt8));
  const auto data = dataset.get(0).data;
  REQUIRE(data.scalar_type() == torch::kUInt8);
  CHECK(data[0][1][5].item<int>() == 5);
  CHECK(data[1][3][5].item<int>() == 3);
  CHECK(data[2][0][0].item<int>() == 9);
}

TEST_CASE("mean and standard deviation are taken out") {
  CoordinateImages images;
  images.add(51, 4, 4);
  const auto options = DatasetOptions().image_size({4, 4}).mean({0, 0, 0.1F}).std({1, 1, 0.5F});
  const auto data = images.dataset("image,v\n51.png,1\n", options).get(0).data;
  CHECK(data[2][1][1].item<float>() == Approx((51 / 255.0 - 0.1) / 0.5));
  CHECK(data[0][1][2].item<float>() == Approx(2 / 255.0));
}

TEST_CASE("channels last is another layout of the same numbers") {
  CoordinateImages images;
  images.add(3, 4, 6);
  const auto options = DatasetOptions().image_size({4, 6});
  const auto planes = images.dataset("image,v\n3.png,1\n", options).get(0).data;
  auto last = options;
  last.memory_format(c10::MemoryFormat::ChannelsLast);
  const auto interleaved = images.dataset("image,v\n3.png,1\n", last).get(0).data;
  CHECK(interleaved.strides() == torch::IntArrayRef({1, 18, 3}));
  CHECK(torch::equal(planes, interleaved));
}

TEST_CASE("the image hook sees RGB rows and may replace them") {
  CoordinateImages images;
  images.add(5, 4, 6);
  const std::string csv = "image,v\n5.png,1\n";
  const auto options = [](boxfeed::ImageTransform transform) {
    return DatasetOptions().image_size({4, 6}).transform(std::move(transform));
  };
  SECTION("in place") {
    const auto data = images
                          .dataset(csv, options([](cv::Mat& image) {
                                     CHECK(image.type() == CV_8UC3);
                                     image.at<cv::Vec3b>(1, 2)[2] += 50;
                                   }))
                          .get(0)
                          .data;
    CHECK(data[2][1][2].item<float>() * 255 == Approx(55));
    CHECK(data[2][1][3].item<float>() * 255 == Approx(5));
  }
  SECTION("with floats, taken as they are") {
    const auto data =
        images.dataset(csv, options([](cv::Mat& image) { image.convertTo(image, CV_32F, 2.0, -1.0); })).get(0).data;
    CHECK(data[2][1][2].item<float>() == 9);
    CHECK(data[0][1][2].item<float>() == 3);
  }
  SECTION("but not change their size") {
    auto dataset = images.dataset(csv, options([](cv::Mat& image) { image = image.rowRange(0, 2).clone(); }));
    CHECK_THROWS_WITH(dataset.get(0), ContainsSubstring("data.csv:2 (example 0)") &&
                                          ContainsSubstring("expected 4 × 6 pixels of 3 channels") &&
                                          ContainsSubstring("got 2 × 6 of 3"));
  }
  SECTION("and what it throws is kept with the place") {
    auto dataset = images.dataset(csv, options([](cv::Mat&) { throw std::domain_error("too dark"); }));
    try {
      dataset.get(0);
      FAIL("nothing was thrown");
    } catch (const ImageError& error) {
      CHECK(error.reason() == Reason::kHook);
      CHECK_THAT(error.what(), ContainsSubstring("data.csv:2 (example 0)") && ContainsSubstring("too dark"));
      CHECK_THROWS_AS(std::rethrow_if_nested(error), std::domain_error);
    }
  }
}

TEST_CASE("the label hook sees the scaled labels") {
  CoordinateImages images;
  images.add(0, 10, 10);
  const std::string csv = "image,x,y,h,w\n0.png,1,2,3,4\n";
  const auto to_centre = [](const std::vector<float>& v) {
    return std::vector<float>{v[0] + v[3] / 2, v[1] + v[2] / 2};
  };
  SECTION("and may return another number of them") {
    auto dataset =
        images.dataset(csv, DatasetOptions().image_size({20, 20}).target_transform(to_centre).target_size(2));
    CHECK(values(dataset.get(0).target) == std::vector<float>{6, 7});
  }
  SECTION("which must be announced") {
    auto dataset = images.dataset(csv, DatasetOptions().target_transform(to_centre));
    CHECK_THROWS_WITH(dataset.get(0), ContainsSubstring("expected 4 numbers") && ContainsSubstring("got 2"));
  }
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

TEST_CASE("a name may not lead out of the image folder unless that is allowed") {
  CoordinateImages images;
  images.add(0, 4, 4);
  const std::string csv = "image,v\n../images/../data.csv,1\n../images/0.png,1\n";
  auto dataset = images.dataset(csv);
  CHECK_THROWS_WITH(dataset.get(0), ContainsSubstring("leads out of it"));
  auto open = images.dataset(csv, DatasetOptions().allow_outside_root(true).image_size({4, 4}));
  CHECK(open.get(1).data.sizes() == torch::IntArrayRef({3, 4, 4}));
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

TEST_CASE("wrong options are refused with their value") {
  CoordinateImages images;
  images.add(0, 4, 4);
  const auto make = [&](const DatasetOptions& options) { return images.dataset("image,v\n0.png,1\n", options); };
  using Catch::Matchers::ContainsSubstring;
  CHECK_THROWS_AS(make(DatasetOptions().channels(2)), std::invalid_argument);
  CHECK_THROWS_WITH(make(DatasetOptions().channels(2)), ContainsSubstring("channels") && ContainsSubstring("2"));
  CHECK_THROWS_AS(make(DatasetOptions().image_size({0, 10})), std::invalid_argument);
  CHECK_THROWS_WITH(make(DatasetOptions().image_size({244, -3})), ContainsSubstring("-3"));
  CHECK_THROWS_AS(make(DatasetOptions().dtype(torch::kInt64)), std::invalid_argument);
  CHECK_THROWS_AS(make(DatasetOptions().mean({0.5F, 0.5F})), std::invalid_argument);
  CHECK_THROWS_AS(make(DatasetOptions().std({1, 0, 1})), std::invalid_argument);
  CHECK_THROWS_AS(make(DatasetOptions().dtype(torch::kUInt8).mean({0.5F})), std::invalid_argument);
  CHECK_THROWS_AS(make(DatasetOptions().target_size(3)), std::invalid_argument);
  CHECK_THROWS_AS(make(DatasetOptions().memory_format(c10::MemoryFormat::Preserve)), std::invalid_argument);
}

TEST_CASE("a copy shares the table") {
  CoordinateImages images;
  images.add(0, 4, 4);
  const auto dataset = images.dataset("image,v\n0.png,1\n");
  const auto copy = dataset;
  CHECK(&copy.table() == &dataset.table());
}

TEST_CASE("a subset keeps the rows' places") {
  Forty images;
  auto half = images.dataset().subset({39, 2});
  REQUIRE(half.size() == 2);
  CHECK(half.get(0).data[2][0][0].item<float>() * 255 == Approx(39));
  CHECK(half.get(1).data[2][0][0].item<float>() * 255 == Approx(2));
  CHECK(half.table().line(0) == 41);
}

TEST_CASE("the fingerprint follows rows and options") {
  Forty images;
  const auto dataset = images.dataset();
  CHECK(dataset.fingerprint() == images.dataset().fingerprint());
  CHECK(dataset.fingerprint() != dataset.subset({0, 1}).fingerprint());
  CHECK(dataset.fingerprint() != images.dataset(DatasetOptions().image_size({8, 6})).fingerprint());
  CHECK(dataset.fingerprint() != images.dataset(DatasetOptions().image_size({6, 8}).mean({0.5F})).fingerprint());
}

TEST_CASE("write_example fills the memory that get would have made") {
  Forty images;
  auto dataset = images.dataset(DatasetOptions().image_size({12, 10}));
  const auto data_spec = dataset.data_spec(), target_spec = dataset.target_spec();
  REQUIRE(data_spec.sizes == std::vector<std::int64_t>{3, 12, 10});
  REQUIRE(target_spec.sizes == std::vector<std::int64_t>{4});
  auto data = torch::full(data_spec.sizes, -1.0F), target = torch::full(target_spec.sizes, -1.0F);
  boxfeed::StageTimes times;
  dataset.write_example({17, 0, 0}, data.data_ptr(), target.data_ptr(), times);
  const auto example = dataset.get(17);
  CHECK(torch::equal(data, example.data));
  CHECK(torch::equal(target, example.target));
  CHECK(times[boxfeed::Stage::kDecode].count() > 0);
  CHECK(times[boxfeed::Stage::kRead].count() > 0);
}

TEST_CASE("LibTorch's loader delivers every example once with its samplers") {
  Forty images;
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
  Forty images;
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
  Forty images;
  auto dataset =
      images.dataset().map(torch::data::transforms::Normalize<>(0.5, 0.5)).map(torch::data::transforms::Stack<>());
  const auto batch = dataset.get_batch(std::vector<std::size_t>{3, 4});
  REQUIRE(batch.data.sizes() == torch::IntArrayRef({2, 3, 6, 8}));
  CHECK(batch.data[1][2][0][0].item<float>() == Approx((4 / 255.0 - 0.5) / 0.5));
  CHECK(values(batch.target) == std::vector<float>{3, 1, 2, 3, 0, 1, 2, 3});
}
