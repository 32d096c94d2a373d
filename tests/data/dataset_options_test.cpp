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
  CHECK_THROWS_AS(make(DatasetOptions().dtype(torch::kInt64)), std::invalid_argument);
  CHECK_THROWS_AS(make(DatasetOptions().mean({0.5F, 0.5F})), std::invalid_argument);
  CHECK_THROWS_AS(make(DatasetOptions().std({1, 0, 1})), std::invalid_argument);
  CHECK_THROWS_AS(make(DatasetOptions().dtype(torch::kUInt8).mean({0.5F})), std::invalid_argument);
  CHECK_THROWS_AS(make(DatasetOptions().target_size(3)), std::invalid_argument);
  CHECK_THROWS_AS(make(DatasetOptions().memory_format(c10::MemoryFormat::Preserve)), std::invalid_argument);
}
