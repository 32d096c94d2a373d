#include "report/results.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>
#include <sstream>

#include "support/catch.h"
#include "support/temporary_folder.h"

using localization::EpochResult;
using localization::Metric;

namespace {

Metric iou(double value) { return {"mean_iou", "IoU", value}; }
Metric mae(double value) { return {"mae_age, in years", "MAE age", value, false}; }

const std::vector<EpochResult> kResults{{1, 0.001, 0.9, 0.8, {iou(0.25), mae(12.5)}, 130, 0.25, 4.26},
                                        {2, 0.0005, 0.7, 0.65, {iou(0.5), mae(3)}, 140, 0, 4},
                                        {3, 0.0001, 0.6, 0.66, {iou(0.5), mae(2)}, 140, 0, 4}};

}  // namespace

TEST_CASE("the line of an epoch") {
  CHECK(localization::line_of(kResults[0], 20) ==
        "epoch  1/20  loss 0.9000  val loss 0.8000  IoU 0.250  MAE age 12.5  4.3 s");
}

TEST_CASE("the best epoch is the first of the best by the first metric, in its direction") {
  CHECK(localization::best_of(kResults) == 1);
  std::vector<EpochResult> lower_is_better;
  for (const double value : {3., 1., 2., 1.}) {
    lower_is_better.emplace_back();
    lower_is_better.back().metrics = {mae(value), iou(value)};
  }
  CHECK(localization::best_of(lower_is_better) == 1);
}

TEST_CASE("results.csv has a row an epoch and a column a metric") {
  const boxfeed::testing::TemporaryFolder folder;
  const localization::RunFolder run(folder / "run", "train");
  localization::write_results(run, kResults);
  CHECK(boxfeed::testing::bytes_of(run / "results.csv") ==
        "epoch,learning_rate,train_loss,val_loss,mean_iou,\"mae_age, in years\",images_per_second,wait_share,seconds\n"
        "1,0.001,0.900000,0.800000,0.25,12.5,130.0,0.2500,4.260\n"
        "2,0.0005,0.700000,0.650000,0.5,3,140.0,0.0000,4.000\n"
        "3,0.0001,0.600000,0.660000,0.5,2,140.0,0.0000,4.000\n");
}

TEST_CASE("the result of an epoch is the same after it was saved as JSON") {
  const auto back =
      localization::epoch_result_of(nlohmann::ordered_json::parse(localization::json_of(kResults[0]).dump()));
  CHECK(back.epoch == 1);
  CHECK(back.learning_rate == 0.001);
  CHECK(back.train_loss == 0.9);
  CHECK(back.val_loss == 0.8);
  REQUIRE(back.metrics.size() == 2);
  CHECK(back.metrics[1].name == "mae_age, in years");
  CHECK(back.metrics[1].label == "MAE age");
  CHECK(back.metrics[1].value == 12.5);
  CHECK_FALSE(back.metrics[1].higher_is_better);
  CHECK(back.images_per_second == 130);
  CHECK(back.wait_share == 0.25);
  CHECK(back.seconds == 4.26);
}

TEST_CASE("curves.png is a picture, for shares and for other figures") {
  const boxfeed::testing::TemporaryFolder folder;
  const localization::RunFolder run(folder / "run", "train");
  localization::write_curves(run, kResults);
  CHECK(cv::imread(run / "curves.png").cols > 1000);
  auto negative = kResults;
  for (auto& result : negative) result.metrics = {{"r2", "R2", -7}};
  localization::write_curves(run, negative);
  CHECK(cv::imread(run / "curves.png").cols > 1000);
}
