#include <boxfeed/annotations/csv_reader.h>
#include <boxfeed/annotations/duplicates.h>

#include <string>

#include "support/catch.h"
#include "support/temporary_folder.h"

using namespace boxfeed;

TEST_CASE("C22: rows that were written twice are found and dropped") {
  testing::TemporaryFolder folder;
  const auto table =
      read_csv(folder.write("d.csv",
                            "image,x,y,w,h,class,score\na,1,2,3,4,cat,1\nb,1,2,3,4,cat,1\na,1,2,3,4,cat,1\n"
                            "a,1,2,3,4,dog,1\na,1,2,3,5,cat,1\na,1,2,3,4,cat,2\na,1.0,2,3,4,cat,1\n"));
  const auto found = find_duplicates(table);
  REQUIRE(found.size() == 2);
  CHECK(found[0].record == 2);
  CHECK(found[0].first == 0);
  CHECK(found[1].record == 6);
  CHECK(found[1].first == 0);
  const auto rest = without_duplicates(table);
  REQUIRE(rest.size() == 5);
  CHECK(rest.line(2) == 5);
  CHECK(find_duplicates(rest).empty());
}
