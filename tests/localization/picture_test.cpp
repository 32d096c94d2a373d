#include "report/picture.h"

#include "data/preprocessing.h"
#include "support/catch.h"

TEST_CASE("a box of the network's input is found again in the photograph") {
  const boxfeed::Box fractions{0.1F, 0.34F, 0.5F, 0.54F};
  const auto box_of = [&](bool letterbox) {
    return localization::box_in_photograph(localization::fitting({50, 100}, letterbox), {100, 400}, fractions);
  };
  const auto stretched = box_of(false);
  CHECK(stretched.ymin == Approx(34).margin(1e-3));
  CHECK(stretched.ymax == Approx(54).margin(1e-3));
  const auto boxed = box_of(true);  // 25 of the 50 rows show the photograph, the first is row 12
  CHECK(boxed.xmin == Approx(40).margin(1e-3));
  CHECK(boxed.xmax == Approx(200).margin(1e-3));
  CHECK(boxed.ymin == Approx(20).margin(1e-3));
  CHECK(boxed.ymax == Approx(60).margin(1e-3));
}
