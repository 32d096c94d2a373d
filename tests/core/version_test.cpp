#include <boxfeed/core/version.h>

#include <string>

#include "support/catch.h"

TEST_CASE("the linked library is of its headers' version, which is the three numbers as text") {
  const std::string numbers = std::to_string(BOXFEED_VERSION_MAJOR) + '.' + std::to_string(BOXFEED_VERSION_MINOR) +
                              '.' + std::to_string(BOXFEED_VERSION_PATCH);
  CHECK(std::string(BOXFEED_VERSION) == numbers);
  CHECK(std::string(boxfeed_version()) == numbers);
}
