#include "core/shared_file.h"

#include <boxfeed/core/error.h>
#include <sys/stat.h>

#include <cerrno>
#include <string>

#include "core/file_support.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

using boxfeed::SharedFile;
using boxfeed::testing::bytes_of;
using boxfeed::testing::FailingCalls;
using boxfeed::testing::outcome;
using boxfeed::testing::TemporaryFolder;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("bytes are written, read, and cut off at any place of a shared file") {
  const TemporaryFolder folder;
  SharedFile file(folder / "a");
  CHECK(file.is_writable());
  CHECK(file.size() == 0U);
  CHECK(file.write_at(3, "defg", 4));
  CHECK(file.write_at(0, "abc", 3));
  std::string text(4, ' ');
  CHECK(file.read_at(2, text.data(), 4));
  CHECK(text == "cdef");
  CHECK_FALSE(file.read_at(5, text.data(), 4));
  CHECK(file.read_at(6, text.data(), 1));
  CHECK(text.front() == 'g');
  CHECK(file.cut(5));
  CHECK(file.size() == 5U);
  CHECK(bytes_of(folder / "a") == "abcde");
  CHECK(file.free_bytes() > 0U);
}

TEST_CASE("one has the lock of a shared file at a time") {
  const TemporaryFolder folder;
  SharedFile one(folder / "a"), other(folder / "a");
  CHECK(one.try_lock() == SharedFile::Lock::kTaken);
  CHECK(other.try_lock() == SharedFile::Lock::kBusy);
  one.unlock();
  CHECK(other.try_lock() == SharedFile::Lock::kTaken);
  const FailingCalls calls(1, ENOLCK);
  CHECK(one.try_lock() == SharedFile::Lock::kFailed);
  CHECK(one.error() == ENOLCK);
}

TEST_CASE("what cannot be a shared file is refused, and short writes go on") {
  const TemporaryFolder folder;
  CHECK(outcome([&] { SharedFile(folder / "nowhere/a"); }) == "not_found");
  CHECK(outcome([&] { SharedFile(folder.path().string()); }) == "io_open");
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK(outcome([&] { SharedFile(folder / "pipe"); }) == "not_regular_file");
  CHECK_THROWS_WITH(SharedFile(folder / "pipe"), ContainsSubstring("got another kind of file"));
  {
    const FailingCalls calls(2, EIO);
    CHECK_THROWS_WITH(SharedFile(folder / "a"), ContainsSubstring("Input/output error"));
  }
  SharedFile file(folder / "a");
  for (int n = 1; n < 4; ++n) {
    const FailingCalls calls(n, 0);
    CHECK(file.write_at(0, "a longer text", 13));
    CHECK(bytes_of(folder / "a") == "a longer text");
  }
  const FailingCalls calls(1, ENOSPC);
  CHECK_FALSE(file.write_at(0, "b", 1));
  CHECK(file.error() == ENOSPC);
}
