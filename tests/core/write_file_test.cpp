#include <boxfeed/core/file.h>

#include <cerrno>
#include <filesystem>
#include <iterator>
#include <string>

#include "core/file_support.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

namespace {

using boxfeed::InputFile;
using boxfeed::testing::content;
using boxfeed::testing::FailingCalls;
using boxfeed::testing::outcome;
using boxfeed::testing::TemporaryFolder;

}  // namespace

TEST_CASE("a file is written whole or left as it was, whichever call fails") {
  const TemporaryFolder folder;
  const std::string path = folder / "state";
  const auto read = [&] { return content(InputFile(path)); };
  const auto files = [&] {
    return std::distance(std::filesystem::directory_iterator(folder.path()), std::filesystem::directory_iterator());
  };
  boxfeed::write_file(path, "old");
  CHECK(read() == "old");
  for (const int error : {ENOSPC, EIO}) {
    for (int n = 1;; ++n) {
      boxfeed::write_file(path, "old");
      std::string result;
      bool failed = false;
      {
        const FailingCalls calls(n, error);
        result = outcome([&] { boxfeed::write_file(path, "new content"); });
        failed = FailingCalls::failed();
      }
      CHECK(files() == 1);
      if (!failed) {
        CHECK(result == "ok");
        CHECK(read() == "new content");
        CHECK(n > 5);
        break;
      }
      CHECK(result == (error == ENOSPC ? "no_space" : "io_write"));
      // Once it is renamed the new file is there, even where the folder cannot be synchronized.
      const std::string now = read();
      CHECK((now == "old" || now == "new content"));
    }
  }
  for (const int error : {EINTR, 0}) {
    for (int n = 1; n <= 3; ++n) {  // opened, written, synchronized
      const FailingCalls calls(n, error);
      boxfeed::write_file(path, "interrupted");
      boxfeed::set_system_calls(nullptr);
      CHECK(read() == "interrupted");
    }
  }
}

TEST_CASE("a file cannot be written where there is no folder") {
  const TemporaryFolder folder;
  CHECK(outcome([&] { boxfeed::write_file(folder / "none/state", "x"); }) == "io_write");
}
