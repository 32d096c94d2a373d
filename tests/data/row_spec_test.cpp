#include <boxfeed/data/row_spec.h>

#include "support/catch.h"

TEST_CASE("a row takes the bytes of its numbers") {
  CHECK(boxfeed::row_bytes({{3, 4, 5}}) == 240);
  CHECK(boxfeed::row_bytes({{3, 4, 5}, c10::ScalarType::Byte, c10::MemoryFormat::ChannelsLast}) == 60);
  CHECK(boxfeed::row_bytes({{}, c10::ScalarType::Long}) == 8);
}
