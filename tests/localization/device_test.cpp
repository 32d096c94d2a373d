#include "training/device.h"

#include <filesystem>
#include <opencv2/imgcodecs.hpp>
#include <stdexcept>
#include <string>

#include "data/data_sets.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

using boxfeed::testing::TemporaryFolder;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("device: images that come as bytes are normalized to what comes as floats") {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder / "images");
  std::string csv = "image,x,y,h,w\n";
  for (int i = 0; i < 4; ++i) {
    cv::Mat image(40, 60, CV_8UC3);
    cv::randu(image, 0, 255);
    REQUIRE(cv::imwrite(folder / ("images/" + std::to_string(i) + ".png"), image));
    csv += std::to_string(i) + ".png,5,6,20,30\n";
  }
  localization::DataFiles files;
  files.annotations.csv = folder.write("data.csv", csv);
  files.annotations.images = folder / "images";
  localization::DataSetOptions options;
  options.preprocessing.image_size = {32, 48};
  options.preprocessing.pipeline = localization::fitting({32, 48}, false);
  options.preprocessing.mean = {0.485F, 0.456F, 0.406F};
  options.preprocessing.std = {0.229F, 0.224F, 0.225F};
  options.overfit = 4;
  auto floats = localization::load_data_sets(files, options);
  options.bytes = true;
  auto bytes = localization::load_data_sets(files, options);

  const localization::Device cpu;
  REQUIRE(*floats.train.dataset.size() >= 2);
  for (std::size_t i = 0; i < *floats.train.dataset.size(); ++i) {
    const auto wanted = floats.train.dataset.get(i), got = bytes.train.dataset.get(i);
    REQUIRE(got.data.scalar_type() == torch::kUInt8);
    CHECK(torch::equal(got.target, wanted.target));
    const auto input = localization::to_input(got.data.unsqueeze(0), options.preprocessing, cpu);
    CHECK((input - wanted.data).abs().max().item<float>() < 1e-5F);
    const auto floats_as_they_are = localization::to_input(wanted.data.unsqueeze(0), options.preprocessing, cpu);
    CHECK(torch::equal(floats_as_they_are, wanted.data.unsqueeze(0)));
  }
}

TEST_CASE("device: what is no device, or not here, is refused") {
  CHECK(localization::parse_device("cpu").where.is_cpu());
  CHECK_FALSE(localization::parse_device("cpu").mixed);
  CHECK(localization::parse_device("cpu", "mixed").mixed);
  CHECK_FALSE(localization::parse_device("auto", "float32").mixed);
  CHECK_THROWS_WITH(localization::parse_device("tpu"), ContainsSubstring("expected auto, cpu, cuda or cuda:N"));
  CHECK_THROWS_WITH(localization::parse_device("cuda:31"), ContainsSubstring("there is no such device here"));
}

TEST_CASE("device: processes of a machine take its GPUs in turn") {
  const auto gpus = torch::cuda::is_available() ? static_cast<int>(torch::cuda::device_count()) : 0;
  for (const int local_rank : {0, 1, 5}) {
    const auto device = localization::parse_device("auto", "auto", local_rank).where;
    if (gpus == 0) {
      CHECK(device.is_cpu());
      CHECK_THROWS_WITH(localization::parse_device("cuda", "auto", local_rank),
                        ContainsSubstring("there is no such device here"));
    } else {
      CHECK(device == torch::Device(torch::kCUDA, static_cast<torch::DeviceIndex>(local_rank % gpus)));
      CHECK(localization::parse_device("cuda", "auto", local_rank).where == device);
      CHECK(localization::parse_device("cuda:0", "auto", local_rank).where.index() == 0);
    }
  }
}
