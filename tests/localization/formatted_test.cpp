#include "data/formatted.h"

#include "support/catch.h"

using localization::formatted;

TEST_CASE("a formatted text is as long as it comes") {
  CHECK(formatted("%d of %.2f", 3, 0.5) == "3 of 0.50");
  CHECK(formatted("%s", "").empty());
  const std::string many(1000, 'x');
  CHECK(formatted("<%s>", many.c_str()) == "<" + many + ">");
}
