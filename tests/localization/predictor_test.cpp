#include "report/predictor.h"

#include "support/catch.h"

using localization::csv_cell;

TEST_CASE("names are quoted where a CSV needs it") {
  CHECK(csv_cell("a.jpg") == "a.jpg");
  CHECK(csv_cell("a b.jpg") == "a b.jpg");
  CHECK(csv_cell("a,b.jpg") == "\"a,b.jpg\"");
  CHECK(csv_cell("a\"b.jpg") == "\"a\"\"b.jpg\"");
  CHECK(csv_cell("=1+2.jpg") == "\"=1+2.jpg\"");
  CHECK(csv_cell(" a.jpg") == "\" a.jpg\"");
  CHECK(csv_cell("") == "\"\"");
}
