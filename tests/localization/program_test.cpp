#include "localization/program.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/temporary_folder.h"

namespace fs = std::filesystem;
using Catch::Matchers::ContainsSubstring;
using program::bytes_of;
using program::DataFolder;
using program::lines_of;
using program::localize;
using program::Outcome;
using program::TemporaryFolder;

namespace {

const std::string kTiny = " --epochs 2 --batch 8 --size 48 64 ";

/// Checks for exit code 3 and one line on standard error that says `what`.
void check_refused(const Outcome& outcome, const std::string& what) {
  CHECK(outcome.code == 3);
  CHECK_THAT(outcome.err, ContainsSubstring(what));
  CHECK(lines_of(outcome.err) == 1);
}

/// A run's results.csv but for the speeds.
std::string losses(const TemporaryFolder& folder, const std::string& run) {
  std::istringstream rows(bytes_of(folder / (run + "/results.csv")));
  std::string all;
  for (std::string row; std::getline(rows, row);) {
    for (int i = 0; i < 3; ++i) row.erase(row.rfind(','));
    all += row + "\n";
  }
  return all;
}

}  // namespace

TEST_CASE("train, evaluate and predict, one after the other") {
  const DataFolder folder;
  const auto trained = localize(folder, "train --csv d/data.csv --images d/images --run r" + kTiny);
  INFO(trained.err);
  REQUIRE(trained.code == 0);
  CHECK(trained.err.empty());
  CHECK_THAT(trained.out, ContainsSubstring("to be learned: one box an image\n") &&
                              ContainsSubstring("without looking at them one would get IoU 0.") &&
                              ContainsSubstring("backbone.block1") && ContainsSubstring("epoch  1/2  loss") &&
                              ContainsSubstring("epoch  2/2  loss") && ContainsSubstring("measured again from"));
  CHECK(trained.out.find('\r') == std::string::npos);
  CHECK(lines_of(bytes_of(folder / "r/results.csv")) == 3);
  const auto summary = nlohmann::json::parse(bytes_of(folder / "r/summary.json"));
  CHECK(summary.at("epochs") == 2);
  CHECK(summary.at("images_per_second") > 0);
  CHECK(summary.at("data_wait_share") >= 0);
  CHECK(summary.at("train_images").get<int>() + summary.at("val_images").get<int>() == 24);
  for (const char* picture : {"predictions.png", "worst.png", "curves.png", "augmented.png"}) {
    CHECK_FALSE(cv::imread(folder / ("r/" + std::string(picture))).empty());
  }
  CHECK(summary.at("worst").size() == summary.at("val_images"));

  const auto evaluated =
      localize(folder, "evaluate --weights r/best.safetensors --csv d/data.csv --images d/images --predictions p.png");
  INFO(evaluated.err);
  CHECK(evaluated.code == 0);
  CHECK_THAT(evaluated.out, ContainsSubstring("IoU>=0.5") && ContainsSubstring("on 24 images\n"));
  CHECK_FALSE(cv::imread(folder / "p.png").empty());

  fs::copy_file(folder / "d/images/scene-00001.jpg", folder / "d/images/a, b.jpg");
  folder.write("d/images/notes.txt", "no image");
  const auto predicted = localize(folder, "predict --weights r/best.safetensors d/images --run boxes");
  INFO(predicted.err);
  CHECK(predicted.code == 0);
  CHECK_THAT(predicted.out, ContainsSubstring("25 images, 1 other files left out, 0 failed"));
  const std::string csv = bytes_of(folder / "boxes/predictions.csv");
  CHECK(lines_of(csv) == 26);
  CHECK_THAT(csv, ContainsSubstring("image,x,y,h,w\n\"d/images/a, b.jpg\","));
  CHECK(cv::imread(folder / "boxes/scene-00002.jpg.png").size() ==
        cv::imread(folder / "d/images/scene-00002.jpg").size());
  // Equal names in two folders stay apart, and a folder without an image is an error.
  fs::create_directories(folder / "e");
  fs::copy_file(folder / "d/images/scene-00001.jpg", folder / "e/scene-00001.jpg");
  fs::copy_file(folder / "d/images/scene-00002.jpg", folder / "scene-00001.jpg");
  REQUIRE(localize(folder, "predict --weights r/best.safetensors e/ scene-00001.jpg --run both").code == 0);
  const std::string both = bytes_of(folder / "both/predictions.csv");
  CHECK_THAT(both, ContainsSubstring("\ne/scene-00001.jpg,") && ContainsSubstring("\nscene-00001.jpg,"));
  CHECK(fs::exists(folder / "both/scene-00001.jpg-2.png"));
  // An archive is a folder.
  REQUIRE(std::system(("cd '" + folder.path().string() + "' && tar -cf e.tar e").c_str()) == 0);
  REQUIRE(localize(folder, "predict --weights r/best.safetensors e.tar --run archived").code == 0);
  CHECK_THAT(bytes_of(folder / "archived/predictions.csv"), ContainsSubstring("\ne.tar/scene-00001.jpg,"));
  const auto no_archive = localize(folder, "predict --weights r/best.safetensors no.zip --run unread");
  CHECK(no_archive.code == 3);
  CHECK_THAT(no_archive.err, ContainsSubstring("\"no.zip\""));
  folder.write("none/notes.txt", "no image");
  const auto none = localize(folder, "predict --weights r/best.safetensors none --run none-of-it");
  CHECK(none.code == 3);
  CHECK_THAT(none.err, ContainsSubstring("expected images, found 1 other file in \"none\""));
  // What predict writes, train reads.
  CHECK_THAT(
      localize(folder, "evaluate --weights r/best.safetensors --csv boxes/predictions.csv --images d/images").out,
      ContainsSubstring("\nIoU 1.000"));
}

TEST_CASE("the same seed gives the same losses for any number of workers") {
  const DataFolder folder;
  const std::string train = "train --csv d/data.csv --images d/images" + kTiny;
  REQUIRE(localize(folder, train + "--run a --workers 0").code == 0);
  REQUIRE(localize(folder, train + "--run b --workers 3").code == 0);
  REQUIRE(localize(folder, train + "--run c --workers 3 --seed 2").code == 0);
  CHECK(losses(folder, "a") == losses(folder, "b"));
  CHECK(losses(folder, "a") != losses(folder, "c"));
}

TEST_CASE("a cache of decoded images changes no loss where nothing moves them, and is told where it does not work") {
  const DataFolder folder;
  // Pictures that were made a moment ago might still change.
  REQUIRE(std::system(("touch -d '1 hour ago' '" + (folder / "d/images") + "'/*").c_str()) == 0);
  const auto train = [&](const std::string& run, const std::string& more) {
    const auto outcome = localize(
        folder, "train --csv d/data.csv --images d/images --augment none" + kTiny + "--run " + run + " " + more);
    REQUIRE(outcome.code == 0);
    return outcome.out;
  };
  const std::string file = folder / "d/images.pixels";
  train("a", "");
  train("b", "--cache memory");
  train("c", "--cache disk");
  const auto size = fs::file_size(file);
  CHECK(size > 24 * 48 * 64 * 3);
  train("again", "--cache disk");
  CHECK(fs::file_size(file) == size);
  for (const auto* run : {"b", "c", "again"}) CHECK(losses(folder, run) == losses(folder, "a"));
  folder.write("d/images.pixels", "something else");
  CHECK_THAT(train("e", "--cache disk"), ContainsSubstring("without the cache \"d/images.pixels\""));
  CHECK(losses(folder, "e") == losses(folder, "a"));
  CHECK(bytes_of(file) == "something else");
}

TEST_CASE("gray images, a validation file, and a folder of its own for each run") {
  const DataFolder folder;
  const auto outcome = localize(
      folder, "train --csv d/data.csv --images d/images --val-csv d/data.csv --channels 1 --epochs 1 --size 48 64");
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  CHECK_THAT(outcome.out,
             ContainsSubstring("24 images for training, 24 for validation") && ContainsSubstring("runs/train-001"));
  CHECK(fs::exists(folder / "runs/train-001/best.safetensors"));
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
  const std::string weights = bytes_of(folder / "r/best.safetensors");
  CHECK_THAT(weights, ContainsSubstring(R"(\"name\":\"Resize\",\"size\":[48,64])") &&
                          ContainsSubstring(R"({\"name\":\"RandomHorizontalFlip\",\"p\":1.0})"));
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
  folder.write("d/images/scene-00005.jpg", bytes_of(folder / "d/images/scene-00005.jpg").substr(0, 3000));
  check_refused(train("d/data.csv"), "data.csv:6");
  CHECK_FALSE(fs::exists(folder / "r/best.safetensors"));
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
  CHECK(bytes_of(folder / "a.png") == bytes_of(folder / "again.png"));
  REQUIRE(show("--augment strong --epoch 1 --output b.png").code == 0);
  CHECK(bytes_of(folder / "a.png") != bytes_of(folder / "b.png"));
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
  for (const char* arguments : {"",
                                "fly",
                                "train --epochs 0",
                                "train --epochs many",
                                "train --size 100",
                                "train --channels 2",
                                "train --lr -1",
                                "train --workers -1",
                                "train --csv a.csv --val-fraction 1.5",
                                "train --csv a.csv --val-csv b.csv --val-fraction 0.1",
                                "train --images d",
                                "train --no-such-option",
                                "train --device abacus",
                                "train --target boxes",
                                "train --backbone vgg",
                                "train --log xml",
                                "train --precision half",
                                "train --time 0",
                                "train --resume r --lr 1",
                                "train --resume r --run s",
                                "evaluate",
                                "predict",
                                "make-data d --count 0"}) {
    INFO(arguments);
    const auto outcome = localize(folder, arguments);
    CHECK(outcome.code == 2);
    CHECK_FALSE(outcome.err.empty());
  }
  CHECK(localize(folder, "train --help").code == 0);
  CHECK_THAT(localize(folder, "trian").err, ContainsSubstring("expected a command (train, check,") &&
                                                ContainsSubstring("got \"trian\"; did you mean train?"));
  CHECK_THAT(localize(folder, "train --cvs a.csv").err,
             ContainsSubstring("train has no option --cvs; did you mean --csv?"));
  CHECK(fs::exists(folder / "runs/train-001") == false);
}

TEST_CASE("damaged weights and unreadable images are told and named") {
  const DataFolder folder;
  REQUIRE(localize(folder, "train --csv d/data.csv --images d/images --run r --epochs 1 --size 48 64").code == 0);
  std::string bytes = bytes_of(folder / "r/best.safetensors");
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  folder.write("damaged.pt", bytes);
  const auto damaged = localize(folder, "predict --weights damaged.pt d/images --run p1");
  CHECK(damaged.code == 4);
  CHECK_THAT(damaged.err, ContainsSubstring("damaged.pt"));
  CHECK(localize(folder, "evaluate --weights missing.pt --csv d/data.csv").code == 4);
  folder.write("cut.jpg", bytes_of(folder / "d/images/scene-00001.jpg").substr(0, 2000));
  const auto outcome =
      localize(folder, "predict --weights r/best.safetensors cut.jpg d/images/scene-00002.jpg --run p2");
  check_refused(outcome, "cut.jpg");
  CHECK(lines_of(bytes_of(folder / "p2/predictions.csv")) == 2);
}

TEST_CASE("weights of a backbone that cannot be used: exit code 4") {
  const DataFolder folder;
  const std::string train = "train --csv d/data.csv --images d/images --backbone resnet18 --weights ";
  for (const char* weights : {"missing.safetensors", "d/data.csv"}) {
    const auto outcome = localize(folder, train + weights);
    CHECK(outcome.code == 4);
    CHECK_THAT(outcome.err, ContainsSubstring(weights));
  }
}

TEST_CASE("output that nobody reads stops nothing and ends up in no file") {
  const DataFolder folder;
  const std::string train = "train --csv d/data.csv --images d/images" + kTiny;
  CHECK(localize(folder, train + "--run a", ">&-").code == 0);
  CHECK(localize(folder, train + "--run b", "| true").code == 0);
  CHECK(fs::exists(folder / "a/summary.json"));
  for (const char* run : {"a", "b"}) {
    CHECK(localize(folder,
                   "evaluate --weights " + std::string(run) + "/best.safetensors --csv d/data.csv --images d/images")
              .code == 0);
  }
}

TEST_CASE("keypoints and numbers are learned, measured and predicted as boxes are") {
  const TemporaryFolder folder;
  const auto check = [&](const std::string& target, const std::string& learned, const std::string& metric,
                         const std::string& columns) {
    INFO(target);
    REQUIRE(localize(folder, "make-data " + target + " --count 24 --target " + target).code == 0);
    const std::string data = " --csv " + target + "/data.csv --images " + target + "/images ";
    const auto trained = localize(folder, "train" + data + "--run r-" + target + kTiny);
    INFO(trained.err);
    REQUIRE(trained.code == 0);
    CHECK_THAT(trained.out, ContainsSubstring("to be learned: " + learned) && ContainsSubstring(metric));
    CHECK_THAT(bytes_of(folder / ("r-" + target + "/results.csv")),
               ContainsSubstring("epoch,learning_rate,train_loss"));
    CHECK_FALSE(cv::imread(folder / ("r-" + target + "/worst.png")).empty());
    const std::string weights = " --weights r-" + target + "/best.safetensors ";
    const auto evaluated = localize(folder, "evaluate" + weights + data + "--csv-output e.csv --json");
    INFO(evaluated.err);
    REQUIRE(evaluated.code == 0);
    CHECK(bytes_of(folder / "e.csv").rfind(columns, 0) == 0);
    const auto predicted = localize(folder, "predict" + weights + target + "/images/scene-00002.jpg --run p-" + target);
    INFO(predicted.err);
    REQUIRE(predicted.code == 0);
    const auto csv = bytes_of(folder / ("p-" + target + "/predictions.csv"));
    CHECK(csv.rfind(columns, 0) == 0);
    CHECK(lines_of(csv) == 2);
    CHECK_FALSE(cv::imread(folder / ("p-" + target + "/scene-00002.jpg.png")).empty());
    // What is predicted is itself the truth of its own.
    const auto again = localize(folder, "evaluate" + weights + "--csv e.csv --images " + target + "/images --json");
    INFO(again.err << again.out);
    return nlohmann::json::parse(again.out.substr(again.out.rfind(R"({"event":"evaluation")")));
  };
  const auto keypoints =
      check("keypoints", "4 keypoints (tip, left_wing, right_wing, tail) and which of them are there", "NME",
            "image,tip_x,tip_y,tip_v,left_wing_x");
  CHECK(keypoints.at("presence") == 1);
  const auto numbers = check("numbers", "2 numbers (area, exposure)", "R2", "image,area,exposure\n");
  CHECK(numbers.at("r2") > 0.99);
  CHECK(numbers.at("mae_area") < 1e-3);
}

TEST_CASE("classes beside boxes are learned, too") {
  const DataFolder folder;
  std::istringstream rows(bytes_of(folder / "d/data.csv"));
  std::string csv, row;
  for (int i = 0; std::getline(rows, row); ++i) csv += row + (i == 0 ? ",class" : i % 3 == 0 ? ",cat" : ",dog") + "\n";
  folder.write("classes.csv", csv);
  const std::string data = "--csv classes.csv --images d/images ";
  const auto trained = localize(folder, "train " + data + "--run r" + kTiny);
  INFO(trained.err);
  REQUIRE(trained.code == 0);
  CHECK_THAT(trained.out,
             ContainsSubstring("one box an image; its class, 2 classes (cat, dog)") && ContainsSubstring("accuracy"));
  REQUIRE(localize(folder, "predict --weights r/best.safetensors d/images --run p").code == 0);
  CHECK_THAT(bytes_of(folder / "p/predictions.csv"), ContainsSubstring("image,x,y,h,w,class\n"));
}

TEST_CASE("options come from a file, and the run folder has such a file") {
  const DataFolder folder;
  folder.write("options.toml", "[train]\nepochs = 1\nbatch = 5\nsize = [48, 64]\naugment = \"none\"\n");
  const std::string data = " --csv d/data.csv --images d/images ";
  const auto first = localize(folder, "train --config options.toml --run a --batch 8" + data);
  INFO(first.err);
  REQUIRE(first.code == 0);
  const auto written = bytes_of(folder / "a/train.toml");
  CHECK_THAT(written, ContainsSubstring("\nepochs=1\n") && ContainsSubstring("\nbatch=8\n") &&
                          ContainsSubstring("\nsize=[48, 64]\n") && ContainsSubstring("\nseed=1\n"));
  const auto second = localize(folder, "train --config a/train.toml --run b");
  INFO(second.err);
  REQUIRE(second.code == 0);
  CHECK(bytes_of(folder / "b/train.toml") == written);
  CHECK(bytes_of(folder / "a/best.safetensors") == bytes_of(folder / "b/best.safetensors"));
  folder.write("wrong.toml", "[train]\nepoches = 1\n");
  const auto wrong = localize(folder, "train --config wrong.toml" + data);
  CHECK(wrong.code == 2);
  CHECK_THAT(wrong.err, ContainsSubstring("epoches"));
  CHECK(localize(folder, "train --config missing.toml" + data).code == 2);
}

TEST_CASE("a dry run tries all parts and leaves nothing") {
  const DataFolder folder;
  const auto outcome = localize(folder, "train --dry-run --csv d/data.csv --images d/images" + kTiny);
  INFO(outcome.err);
  CHECK(outcome.code == 0);
  CHECK_THAT(outcome.out, ContainsSubstring("a dry run"));
  CHECK_FALSE(fs::exists(folder / "runs"));
  folder.write("d/images/scene-00005.jpg", bytes_of(folder / "d/images/scene-00005.jpg").substr(0, 3000));
  CHECK(localize(folder, "train --dry-run --val-fraction 0.999 --csv d/data.csv --images d/images" + kTiny).code == 3);
}

TEST_CASE("a few examples can be learned by heart") {
  const DataFolder folder;
  const auto outcome = localize(folder, "train --overfit 3 --epochs 2 --size 48 64 --csv d/data.csv --images d/images");
  INFO(outcome.err);
  CHECK(outcome.code == 0);
  CHECK_THAT(outcome.out, ContainsSubstring("3 images for training, 3 for validation, the same ones"));
}

TEST_CASE("the log is for people, for programs or for nobody") {
  const DataFolder folder;
  const std::string train = "train --csv d/data.csv --images d/images" + kTiny;
  const auto json = localize(folder, train + "--run a --log json");
  REQUIRE(json.code == 0);
  std::istringstream lines(json.out);
  std::vector<std::string> events;
  for (std::string line; std::getline(lines, line);) events.push_back(nlohmann::json::parse(line).at("event"));
  CHECK(events.front() == "start");
  CHECK(std::count(events.begin(), events.end(), "epoch") == 2);
  CHECK(std::count(events.begin(), events.end(), "end") == 1);
  const auto quiet = localize(folder, train + "--run b --quiet");
  CHECK(quiet.code == 0);
  CHECK(quiet.out.empty());
  CHECK(quiet.err.empty());
}

TEST_CASE("a training with time or patience enough ends") {
  const DataFolder folder;
  const std::string train = "train --csv d/data.csv --images d/images --size 48 64 --epochs 100000 ";
  const auto timed = localize(folder, train + "--time 0.02 --run a");
  CHECK(timed.code == 0);
  CHECK(lines_of(bytes_of(folder / "a/results.csv")) > 1);
  // With so low a rate no epoch is better than the first by much, and soon one is not better at all.
  const auto patient = localize(folder, train + "--lr 1e-9 --average 0 --patience 2 --run b");
  CHECK(patient.code == 0);
  CHECK(lines_of(bytes_of(folder / "b/results.csv")) >= 4);
}
