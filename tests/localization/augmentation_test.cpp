#include "data/augmentation.h"

#include <boxfeed/core/error.h>
#include <boxfeed/transforms/pipeline.h>

#include "support/catch.h"
#include "support/temporary_folder.h"

using boxfeed::testing::TemporaryFolder;
using Catch::Matchers::ContainsSubstring;
using localization::load_augmentation;

TEST_CASE("an augmentation is named, or written in a file") {
  CHECK(boxfeed::transforms::to_json(load_augmentation("strong")) ==
        boxfeed::transforms::to_json(boxfeed::transforms::augmentation_preset("strong")));
  const TemporaryFolder folder;
  const auto file = folder.write("own.json", R"({"transforms": [{"name": "RandomRotation", "degrees": [-7, 7]}]})");
  CHECK_THAT(boxfeed::transforms::to_json(load_augmentation(file)), ContainsSubstring("-7.0"));
}

TEST_CASE("a wrong augmentation is refused with what is wrong") {
  CHECK_THROWS_AS(load_augmentation("fog"), std::invalid_argument);
  CHECK_THROWS_AS(load_augmentation("missing.json"), boxfeed::Error);
  const TemporaryFolder folder;
  const auto file = folder.write("own.json", R"({"transforms": [{"name": "Fog"}]})");
  CHECK_THROWS_WITH(load_augmentation(file), ContainsSubstring("own.json") && ContainsSubstring("\"Fog\""));
}
