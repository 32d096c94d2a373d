#include "data/labels.h"

#include <boxfeed/transforms/geometry.h>
#include <boxfeed/transforms/pipeline.h>

#include "data/preprocessing.h"
#include "support/catch.h"

using localization::csv_cell;
using localization::Labels;
using localization::Target;

namespace {

Target everything() {
  Target target;
  target.box = true;
  target.classes = {"cat", "dog, large"};
  target.keypoints = {"nose", "left ear"};
  target.numbers = {{"age", 3, 2}};
  return target;
}

}  // namespace

TEST_CASE("names are quoted where a CSV needs it") {
  CHECK(csv_cell("a.jpg") == "a.jpg");
  CHECK(csv_cell("a b.jpg") == "a b.jpg");
  CHECK(csv_cell("a,b.jpg") == "\"a,b.jpg\"");
  CHECK(csv_cell("a\"b.jpg") == "\"a\"\"b.jpg\"");
  CHECK(csv_cell("=1+2.jpg") == "\"=1+2.jpg\"");
  CHECK(csv_cell(" a.jpg") == "\" a.jpg\"");
  CHECK(csv_cell("") == "\"\"");
}

TEST_CASE("labels are written as a CSV with the columns of what is learned") {
  auto target = everything();
  Labels labels;
  labels.box = boxfeed::Box{10, 20.5F, 40, 60};
  labels.class_id = 1;
  labels.keypoints = {{1, 2.25F, 2}, {0, 0, 0}};
  labels.numbers = {1234567.0};
  CHECK(localization::csv_header(target) == "image,x,y,h,w,class,nose_x,nose_y,left ear_x,left ear_y,age\n");
  CHECK(localization::csv_row("a.jpg", labels, target) ==
        "a.jpg,10.00,20.50,39.50,30.00,\"dog, large\",1.00,2.25,-1.00,-1.00,1.23457e+06\n");
  target.visibility = true;
  CHECK(localization::csv_header(target) ==
        "image,x,y,h,w,class,nose_x,nose_y,nose_v,left ear_x,left ear_y,left ear_v,age\n");
  CHECK(localization::csv_row("a.jpg", labels, target) ==
        "a.jpg,10.00,20.50,39.50,30.00,\"dog, large\",1.00,2.25,2,-1.00,-1.00,0,1.23457e+06\n");
}

TEST_CASE("what is true comes back to the photograph from a letterbox") {
  // 400 x 100 in 50 x 100: 25 of the 50 rows show the photograph, the first is row 12.
  const auto pipeline = localization::fitting({50, 100}, true);
  const std::vector<boxfeed::Box> boxes{{40, 20, 200, 60}};
  const auto plan = pipeline.draw({{100, 400}, boxes, {}, 0}, boxfeed::Random(0, 0, 0));
  CHECK(plan.boxes[0].xmin == Approx(10).margin(1e-3));
  const auto back = plan.to_original(plan.boxes)[0];
  CHECK(back.xmin == Approx(40).margin(1e-3));
  CHECK(back.ymin == Approx(20).margin(1e-3));
  CHECK(back.xmax == Approx(200).margin(1e-3));
  CHECK(back.ymax == Approx(60).margin(1e-3));
}
