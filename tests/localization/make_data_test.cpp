#include "made_data/make_data.h"

#include <boxfeed/annotations/csv.h>
#include <boxfeed/core/error.h>

#include <filesystem>
#include <opencv2/imgcodecs.hpp>

#include "made_data/scene.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

namespace fs = std::filesystem;
using boxfeed::testing::bytes_of;
using boxfeed::testing::TemporaryFolder;
using localization::Console;
using localization::make_data;

namespace {}  // namespace

TEST_CASE("a data set is read back with the boxes of its scenes") {
  const TemporaryFolder folder;
  Console console;
  make_data(folder / "d", {5, 9}, console);
  CHECK(localization::has_data(folder / "d"));
  const auto table = boxfeed::read_csv(folder / "d/data.csv");
  REQUIRE(table.size() == 5);
  for (std::size_t i = 0; i < 5; ++i) {
    const auto scene = localization::render_scene(9, i);
    const auto box = table.boxes(i)[0];
    CHECK(box.xmin == Approx(scene.box.xmin).margin(0.006));
    CHECK(box.ymin == Approx(scene.box.ymin).margin(0.006));
    CHECK(box.xmax == Approx(scene.box.xmax).margin(0.011));
    CHECK(box.ymax == Approx(scene.box.ymax).margin(0.011));
    const cv::Mat image = cv::imread(folder / ("d/images/" + std::string(table.name(i))));
    CHECK(image.size() == scene.image.size());
  }
}

TEST_CASE("the same seed gives the same bytes, however many threads share the work") {
  const TemporaryFolder folder;
  Console console;
  make_data(folder / "a", {6, 2}, console);
  make_data(folder / "b", {6, 2}, console);
  CHECK(bytes_of(folder / "a/data.csv") == bytes_of(folder / "b/data.csv"));
  CHECK(bytes_of(folder / "a/images/scene-00004.jpg") == bytes_of(folder / "b/images/scene-00004.jpg"));
}

TEST_CASE("a folder without data.csv is not whole and is made anew, a whole one is left alone") {
  const TemporaryFolder folder;
  Console console;
  folder.write("d/images/scene-00001.jpg", "half a pict");
  CHECK_FALSE(localization::has_data(folder / "d"));
  make_data(folder / "d", {2, 2}, console);
  CHECK(localization::has_data(folder / "d"));
  CHECK_FALSE(cv::imread(folder / "d/images/scene-00001.jpg").empty());
  CHECK_THROWS_AS(make_data(folder / "d", {2, 2}, console), boxfeed::Error);
}

TEST_CASE("a folder that cannot be made is an error that names it") {
  const TemporaryFolder folder;
  Console console;
  const std::string path = folder.write("file", "x") + "/d";
  CHECK_THROWS_WITH(make_data(path, {1, 1}, console), Catch::Matchers::ContainsSubstring(path));
}
