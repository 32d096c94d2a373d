#include "report/report.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>
#include <sstream>

#include "support/catch.h"
#include "support/temporary_folder.h"

using localization::EpochResult;

namespace {

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

const std::vector<EpochResult> kResults{{1, 0.001, 0.9, 0.8, 0.25, 0.125, 4.26}, {2, 0.0005, 0.7, 0.65, 0.5, 0.75, 4}};

}  // namespace

TEST_CASE("the line of an epoch") {
  CHECK(localization::line_of(kResults[0], 20) ==
        "epoch  1/20  loss 0.9000  val loss 0.8000  IoU 0.250  IoU>=0.5  12.5 %  4.3 s");
}

TEST_CASE("results.csv has a row an epoch") {
  const boxfeed::testing::TemporaryFolder folder;
  const localization::RunFolder run(folder / "run", "train");
  localization::write_results(run, kResults);
  CHECK(text_of(run / "results.csv") ==
        "epoch,learning_rate,train_loss,val_loss,mean_iou,share_iou_50,seconds\n"
        "1,0.001,0.900000,0.800000,0.250000,0.125000,4.260\n"
        "2,0.0005,0.700000,0.650000,0.500000,0.750000,4.000\n");
}

TEST_CASE("summary.json holds the numbers") {
  const boxfeed::testing::TemporaryFolder folder;
  const localization::RunFolder run(folder / "run", "train");
  localization::write_summary(run, {0.5, 2, 20, 81.5, 250, 0.01, 974, 226, 171989});
  const auto json = nlohmann::json::parse(text_of(run / "summary.json"));
  CHECK(json.at("best_iou") == 0.5);
  CHECK(json.at("best_epoch") == 2);
  CHECK(json.at("epochs") == 20);
  CHECK(json.at("seconds") == 81.5);
  CHECK(json.at("images_per_second") == 250);
  CHECK(json.at("data_wait_share") == 0.01);
}

TEST_CASE("curves.png is a picture") {
  const boxfeed::testing::TemporaryFolder folder;
  const localization::RunFolder run(folder / "run", "train");
  localization::write_curves(run, kResults);
  CHECK(cv::imread(run / "curves.png").cols > 1000);
}
