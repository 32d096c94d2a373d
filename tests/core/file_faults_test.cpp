// Reading, where the system refuses, fails or does a part.
#include <boxfeed/core/error.h>
#include <boxfeed/core/file.h>
#include <sys/resource.h>

#include <cerrno>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "core/file_support.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

namespace {

using boxfeed::Error;
using boxfeed::Folder;
using boxfeed::InputFile;
using boxfeed::Retry;
using boxfeed::testing::content;
using boxfeed::testing::FailingCalls;
using boxfeed::testing::kLimit;
using boxfeed::testing::open_descriptors;
using boxfeed::testing::outcome;
using boxfeed::testing::TemporaryFolder;
using Catch::Matchers::ContainsSubstring;

}  // namespace

TEST_CASE("no permission, and no descriptors left") {
  const TemporaryFolder folder;
  folder.write("a", "x");
  const auto with = [&](int error) {
    const FailingCalls calls(1, error);
    return outcome([&] { InputFile(folder / "a"); });
  };
  CHECK(with(EACCES) == "io_open");
  CHECK(with(EMFILE) == "io_open");
  CHECK(with(ENXIO) == "not_regular_file");
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const rlimit few{0, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &few) == 0);
  std::string message;
  try {
    InputFile(folder / "a");
  } catch (const Error& error) {
    message = error.what();
  }
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  CHECK_THAT(message, ContainsSubstring("Too many open files (raise the limit with `ulimit -n`)"));
}

TEST_CASE("what may pass is tried again, waiting longer each time") {
  const TemporaryFolder folder;
  folder.write("a", "whole");
  const Folder in(folder.path().string());
  std::vector<std::uint8_t> bytes;
  for (const int error : {EIO, ESTALE, ETIMEDOUT}) {
    for (int n = 1;; ++n) {
      const FailingCalls calls(n, error);
      in.read("a", bytes, kLimit);
      CHECK(std::string(bytes.begin(), bytes.end()) == "whole");
      CHECK(FailingCalls::sleeps.size() == (FailingCalls::failed() ? 1U : 0U));
      if (!FailingCalls::failed()) {
        CHECK(n > 3);  // opened, examined, read, read to the end
        break;
      }
    }
  }
  {
    const FailingCalls calls(3, EIO, 1000);
    CHECK_THROWS_WITH(in.read("a", bytes, kLimit), ContainsSubstring("Input/output error (tried 4 times)"));
    CHECK(FailingCalls::sleeps == std::vector<std::int64_t>{10, 40, 160});
  }
  {
    const FailingCalls calls(3, EIO, 1000);
    CHECK(outcome([&] { in.read("a", bytes, kLimit, Retry{1, std::chrono::milliseconds(7)}); }) == "io_open");
    CHECK(FailingCalls::sleeps == std::vector<std::int64_t>{7});
  }
  {
    const FailingCalls calls(3, EIO, 1000);
    CHECK(outcome([&] { in.read("a", bytes, kLimit, Retry{0, {}}); }) == "io_read");
    CHECK(FailingCalls::sleeps.empty());
  }
  const FailingCalls calls(1, EACCES, 1000);
  CHECK(outcome([&] { in.read("a", bytes, kLimit); }) == "io_open");
  CHECK(FailingCalls::sleeps.empty());
}

TEST_CASE("every call of reading may be interrupted, fail or do a part: the whole or an error comes out") {
  const TemporaryFolder folder;
  const std::string whole(100000, 'w');
  folder.write("a", whole);
  const Folder in(folder.path().string());
  const std::size_t before = open_descriptors();
  for (const int error : {EINTR, 0}) {
    for (int n = 1;; ++n) {
      const FailingCalls calls(n, error);
      CHECK(content(in.open("a")) == whole);
      if (!FailingCalls::failed()) break;
    }
  }
  for (int n = 1;; ++n) {
    const FailingCalls calls(n, EIO);
    const std::string result = outcome([&] { content(in.open("a")); });
    if (!FailingCalls::failed()) {
      CHECK(result == "ok");
      break;
    }
    CHECK(result == (n <= 2 ? "io_open" : "io_read"));
  }
  CHECK(open_descriptors() == before);
  const FailingCalls calls(4, EIO);
  CHECK_THROWS_WITH(content(in.open("a")), ContainsSubstring("at byte 100000"));
}

TEST_CASE("no descriptor is left open") {
  const TemporaryFolder folder;
  folder.write("a", "x");
  const Folder in(folder.path().string());
  const std::size_t before = open_descriptors();
  for (int i = 0; i < 100; ++i) {
    content(in.open("a"));
    outcome([&] { in.open("none"); });
    outcome([&] { in.open(".."); });
    outcome([&] { in.open("."); });
    InputFile moved = in.open("a");
    InputFile again = std::move(moved);
    moved = in.open("a");
  }
  CHECK(open_descriptors() == before);
}
