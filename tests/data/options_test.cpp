#include <boxfeed/core/error.h>
#include <boxfeed/data/csv_dataset.h>
#include <torch/types.h>

#include <stdexcept>

#include "data/coordinate_images.h"
#include "support/catch.h"

using boxfeed::DatasetOptions;
using boxfeed::testing::CoordinateImages;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("wrong options are refused with their value") {
  CoordinateImages images;
  images.add(0, 4, 4);
  const auto make = [&](const DatasetOptions& options) { return images.dataset("image,v\n0.png,1\n", options); };
  CHECK_THROWS_AS(make(DatasetOptions().channels(2)), std::invalid_argument);
  CHECK_THROWS_WITH(make(DatasetOptions().channels(2)), ContainsSubstring("channels") && ContainsSubstring("2"));
  CHECK_THROWS_AS(make(DatasetOptions().image_size({0, 10})), std::invalid_argument);
  CHECK_THROWS_WITH(make(DatasetOptions().image_size({244, -3})), ContainsSubstring("-3"));
  CHECK_NOTHROW(make(DatasetOptions().image_size({32768, 32768})));
  CHECK_THROWS_WITH(make(DatasetOptions().image_size({32768, 32769})), ContainsSubstring("1 to 32768 pixels a side"));
  CHECK_THROWS_WITH(make(DatasetOptions().image_size({32769, 32768})), ContainsSubstring("1 to 32768 pixels a side"));
  CHECK_THROWS_AS(make(DatasetOptions().dtype(torch::kInt64)), std::invalid_argument);
  CHECK_THROWS_AS(make(DatasetOptions().mean({0.5F, 0.5F})), std::invalid_argument);
  CHECK_THROWS_AS(make(DatasetOptions().std({1, 0, 1})), std::invalid_argument);
  CHECK_THROWS_AS(make(DatasetOptions().dtype(torch::kUInt8).mean({0.5F})), std::invalid_argument);
  CHECK_THROWS_AS(make(DatasetOptions().target_size(3)), std::invalid_argument);
  const auto hook = [](const std::vector<float>& labels) { return labels; };
  CHECK_THROWS_WITH(make(DatasetOptions().target_transform(hook).target_size(0)),
                    ContainsSubstring("expected target_size above 0, got 0"));
  CHECK_THROWS_AS(make(DatasetOptions().memory_format(c10::MemoryFormat::Preserve)), std::invalid_argument);
}

TEST_CASE("a mean or a deviation in units of 255 is refused with the units") {
  CoordinateImages images;
  images.add(0, 4, 4);
  const auto make = [&](const DatasetOptions& options) { return images.dataset("image,v\n0.png,1\n", options); };
  CHECK_THROWS_WITH(make(DatasetOptions().mean({123.7F, 116.3F, 103.5F})),
                    ContainsSubstring("expected mean from 0 to 1, got 123.7") && ContainsSubstring("0.485"));
  CHECK_THROWS_WITH(make(DatasetOptions().std({58.4F})), ContainsSubstring("expected std above 0 and at most 1"));
  CHECK_THROWS_WITH(make(DatasetOptions().std(0.0F)), ContainsSubstring("expected std above 0"));
  CHECK_NOTHROW(make(DatasetOptions().mean(1.F)));
  CHECK_THROWS_WITH(make(DatasetOptions().mean(-0.1F)), ContainsSubstring("expected mean from 0 to 1"));
}

TEST_CASE("one number stands for both sides of a size and for all channels") {
  CHECK(DatasetOptions().image_size(32).image_size() == boxfeed::ImageSize{32, 32});
  CHECK(DatasetOptions().mean(0.5F).mean() == std::vector<float>{0.5F});
  CHECK(DatasetOptions().mean(0.5F).mean({}).mean().empty());
  CHECK(DatasetOptions().std({0.25F, 0.5F}).std() == std::vector<float>{0.25F, 0.5F});
  CHECK(DatasetOptions().std(0.25F).std() == std::vector<float>{0.25F});
}
