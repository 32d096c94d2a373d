#include "localization/program.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>
#include <sstream>
#include <string>

#include "support/catch.h"
#include "support/temporary_folder.h"

namespace fs = std::filesystem;
using Catch::Matchers::ContainsSubstring;
using program::DataFolder;
using program::lines_of;
using program::localize;
using program::Outcome;
using program::TemporaryFolder;
using program::text_of;

namespace {

const std::string kTiny = " --epochs 2 --batch 8 --size 48 64 ";

/// Checks for exit code 3 and one line on standard error that says `what`.
void check_refused(const Outcome& outcome, const std::string& what) {
  CHECK(outcome.code == 3);
  CHECK_THAT(outcome.err, ContainsSubstring(what));
  CHECK(lines_of(outcome.err) == 1);
}

}  // namespace

TEST_CASE("train, evaluate and predict, one after the other") {
  const DataFolder folder;
  const auto trained = localize(folder, "train --csv d/data.csv --images d/images --run r" + kTiny);
  INFO(trained.err);
  REQUIRE(trained.code == 0);
  CHECK(trained.err.empty());
  CHECK_THAT(trained.out, ContainsSubstring("epoch  1/2  loss") && ContainsSubstring("epoch  2/2  loss"));
  CHECK(trained.out.find('\r') == std::string::npos);
  CHECK(lines_of(text_of(folder / "r/results.csv")) == 3);
  const auto summary = nlohmann::json::parse(text_of(folder / "r/summary.json"));
  CHECK(summary.at("epochs") == 2);
  CHECK(summary.at("images_per_second") > 0);
  CHECK(summary.at("data_wait_share") >= 0);
  CHECK(summary.at("train_images").get<int>() + summary.at("val_images").get<int>() == 24);
  CHECK_FALSE(cv::imread(folder / "r/predictions.png").empty());
  CHECK_FALSE(cv::imread(folder / "r/curves.png").empty());

  const auto evaluated =
      localize(folder, "evaluate --weights r/best.pt --csv d/data.csv --images d/images --predictions p.png");
  INFO(evaluated.err);
  CHECK(evaluated.code == 0);
  CHECK_THAT(evaluated.out, ContainsSubstring("of 24 boxes with IoU >= 0.5"));
  CHECK_FALSE(cv::imread(folder / "p.png").empty());

  fs::copy_file(folder / "d/images/scene-00001.jpg", folder / "d/images/a, b.jpg");
  folder.write("d/images/notes.txt", "no image");
  const auto predicted = localize(folder, "predict --weights r/best.pt d/images --run boxes");
  INFO(predicted.err);
  CHECK(predicted.code == 0);
  CHECK_THAT(predicted.out, ContainsSubstring("25 images, 1 other files left out, 0 failed"));
  const std::string csv = text_of(folder / "boxes/boxes.csv");
  CHECK(lines_of(csv) == 26);
  CHECK_THAT(csv, ContainsSubstring("image,x,y,h,w\n\"a, b.jpg\","));
  CHECK(cv::imread(folder / "boxes/scene-00002.jpg.png").size() ==
        cv::imread(folder / "d/images/scene-00002.jpg").size());
  // What predict writes, train reads.
  CHECK_THAT(localize(folder, "evaluate --weights r/best.pt --csv boxes/boxes.csv --images d/images").out,
             ContainsSubstring("\nIoU 1.000"));
}

TEST_CASE("the same seed gives the same losses for any number of workers") {
  const DataFolder folder;
  const std::string train = "train --csv d/data.csv --images d/images" + kTiny;
  REQUIRE(localize(folder, train + "--run a --workers 0").code == 0);
  REQUIRE(localize(folder, train + "--run b --workers 3").code == 0);
  REQUIRE(localize(folder, train + "--run c --workers 3 --seed 2").code == 0);
  const auto losses = [&](const std::string& run) {
    std::istringstream rows(text_of(folder / (run + "/results.csv")));
    std::string all;
    for (std::string row; std::getline(rows, row);) all += row.substr(0, row.rfind(',')) + "\n";
    return all;
  };
  CHECK(losses("a") == losses("b"));
  CHECK(losses("a") != losses("c"));
}

TEST_CASE("gray images, a validation file, and a folder of its own for each run") {
  const DataFolder folder;
  const auto outcome = localize(
      folder, "train --csv d/data.csv --images d/images --val-csv d/data.csv --channels 1 --epochs 1 --size 48 64");
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  CHECK_THAT(outcome.out,
             ContainsSubstring("24 images for training, 24 for validation") && ContainsSubstring("runs/train-001"));
  CHECK(fs::exists(folder / "runs/train-001/best.pt"));
  const auto again = localize(folder, "train --csv d/data.csv --images d/images --run runs/train-001" + kTiny);
  check_refused(again, "expected a new or an empty folder");
}

TEST_CASE("augmentation and preprocessing are chosen, and saved with the weights") {
  const DataFolder folder;
  folder.write("own.json", R"({"transforms": [{"name": "RandomHorizontalFlip", "p": 1.0}]})");
  const std::string train = "train --csv d/data.csv --images d/images --epochs 1 --size 48 64 ";
  for (const char* how : {"--augment none", "--augment strong --letterbox", "--augment own.json"}) {
    fs::remove_all(folder / "r");
    const auto outcome = localize(folder, train + "--run r " + how);
    INFO(how << outcome.err);
    CHECK(outcome.code == 0);
  }
  const std::string weights = text_of(folder / "r/best.pt");
  CHECK_THAT(weights, ContainsSubstring(R"("pipeline":{)") && ContainsSubstring(R"("name":"Resize","size":[48,64])"));
  CHECK_THAT(weights, ContainsSubstring(R"({"name":"RandomHorizontalFlip","p":1.0})"));
  folder.write("bad.json", R"({"transforms": [{"name": "Fog"}]})");
  check_refused(localize(folder, train + "--augment bad.json"), "bad.json");
  CHECK(localize(folder, train + "--augment fog").code == 2);
}

TEST_CASE("bad data: exit code 3 and one line that names the place") {
  const DataFolder folder;
  const auto train = [&](const std::string& csv) {
    return localize(folder, "train --csv " + csv + " --images d/images --run r" + kTiny);
  };
  folder.spoil("name.csv", "scene-00003.jpg", "scene-0003.jpg");
  check_refused(train("name.csv"), "name.csv:4");
  check_refused(train("name.csv"), "scene-0003.jpg");
  folder.write("word.csv", "image,x,y,h,w\nscene-00001.jpg,1,2,30,40\nscene-00002.jpg,1,two,30,40\n");
  check_refused(train("word.csv"), "word.csv:3: column \"y\"");
  folder.write("column.csv", "image,x,y,h\nscene-00001.jpg,1,2,30\n");
  check_refused(train("column.csv"), "column.csv");
  folder.write("rows.csv", "image,x,y,h,w\n");
  check_refused(train("rows.csv"), "rows.csv");
  check_refused(train("missing.csv"), "missing.csv");
  folder.write("d/images/scene-00005.jpg", text_of(folder / "d/images/scene-00005.jpg").substr(0, 3000));
  check_refused(train("d/data.csv"), "data.csv:6");
  CHECK_FALSE(fs::exists(folder / "r/best.pt"));
}

TEST_CASE("show draws augmented examples, others in every epoch") {
  const DataFolder folder;
  const auto show = [&](const std::string& arguments) {
    return localize(folder, "show --csv d/data.csv --images d/images --count 5 --size 60 80 " + arguments);
  };
  const auto outcome = show("--augment strong --output a.png");
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  CHECK_THAT(outcome.out, ContainsSubstring("a.png: 5 of 24 examples"));
  CHECK(cv::imread(folder / "a.png").size() == cv::Size(5 * 84 + 4, 64 + 4));
  REQUIRE(show("--augment strong --output again.png").code == 0);
  CHECK(text_of(folder / "a.png") == text_of(folder / "again.png"));
  REQUIRE(show("--augment strong --epoch 1 --output b.png").code == 0);
  CHECK(text_of(folder / "a.png") != text_of(folder / "b.png"));
  folder.write("mosaic.json", R"({"mix": {"name": "Mosaic"}})");
  REQUIRE(show("--augment mosaic.json --output c.png").code == 0);
  folder.write("wrong.json", R"({"transforms": [{"name": "Fly"}]})");
  check_refused(show("--augment wrong.json"), "wrong.json: pipeline: a transform: an unknown name");
  CHECK(show("--augment gentle").code == 2);
}

TEST_CASE("an unwritable run folder is told before the data is read") {
  const TemporaryFolder folder;
  folder.write("file", "x");
  check_refused(localize(folder, "train --csv missing.csv --run file/run"), "file/run");
}

TEST_CASE("wrong options: exit code 2") {
  const TemporaryFolder folder;
  for (const char* arguments :
       {"", "fly", "train --epochs 0", "train --epochs many", "train --size 100", "train --channels 2", "train --lr -1",
        "train --workers -1", "train --csv a.csv --val-fraction 1.5",
        "train --csv a.csv --val-csv b.csv --val-fraction 0.1", "train --images d", "train --no-such-option",
        "train --device abacus", "evaluate", "predict", "make-data d --count 0"}) {
    INFO(arguments);
    const auto outcome = localize(folder, arguments);
    CHECK(outcome.code == 2);
    CHECK_FALSE(outcome.err.empty());
  }
  CHECK(localize(folder, "train --help").code == 0);
  CHECK(fs::exists(folder / "runs/train-001") == false);
}

TEST_CASE("damaged weights and unreadable images are told and named") {
  const DataFolder folder;
  REQUIRE(localize(folder, "train --csv d/data.csv --images d/images --run r --epochs 1 --size 48 64").code == 0);
  std::string bytes = text_of(folder / "r/best.pt");
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  folder.write("damaged.pt", bytes);
  check_refused(localize(folder, "predict --weights damaged.pt d/images --run p1"), "damaged.pt");
  folder.write("cut.jpg", text_of(folder / "d/images/scene-00001.jpg").substr(0, 2000));
  const auto outcome = localize(folder, "predict --weights r/best.pt cut.jpg d/images/scene-00002.jpg --run p2");
  check_refused(outcome, "cut.jpg");
  CHECK(lines_of(text_of(folder / "p2/boxes.csv")) == 2);
}

TEST_CASE("output that nobody reads stops nothing and ends up in no file") {
  const DataFolder folder;
  const std::string train = "train --csv d/data.csv --images d/images" + kTiny;
  CHECK(localize(folder, train + "--run a", ">&-").code == 0);
  CHECK(localize(folder, train + "--run b", "| true").code == 0);
  CHECK(fs::exists(folder / "a/summary.json"));
  for (const char* run : {"a", "b"}) {
    CHECK(localize(folder, "evaluate --weights " + std::string(run) + "/best.pt --csv d/data.csv --images d/images")
              .code == 0);
  }
}
