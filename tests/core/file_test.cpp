#include <boxfeed/core/error.h>
#include <boxfeed/core/file.h>

#include "support/catch.h"

TEST_CASE("a missing file is named") {
  CHECK_THROWS_WITH(boxfeed::InputFile("/nonexistent/a.csv"),
                    "cannot open \"/nonexistent/a.csv\": No such file or directory");
}
