#include <boxfeed/core/error.h>
#include <boxfeed/core/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include "core/system_calls.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

namespace {

using boxfeed::Error;
using boxfeed::Folder;
using boxfeed::InputFile;
using boxfeed::Reason;
using boxfeed::Retry;
using boxfeed::SystemCalls;
using boxfeed::testing::TemporaryFolder;
using Catch::Matchers::ContainsSubstring;

constexpr std::uint64_t kLimit = 1 << 20;

/// What a call of the file functions ends in: "ok" or the reason's name.
std::string outcome(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return boxfeed::reason_name(error.reason());
  }
  return "ok";
}

std::string content(InputFile&& file) {
  std::vector<std::uint8_t> bytes;
  file.read_all(bytes, kLimit);
  return std::string(bytes.begin(), bytes.end());
}

/// Counts the open descriptors of this process.
std::size_t open_descriptors() {
  return static_cast<std::size_t>(
      std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator()));
}

/// The system's calls, of which the n-th fails.
class FailingCalls {
 public:
  /// How the n-th call fails: with an error, or by doing only a part of the work where it is 0.
  FailingCalls(int n, int error, int times = 1) {
    calls = n;
    failures = times;
    number = error;
    sleeps.clear();
    static const SystemCalls real = boxfeed::system_calls();
    real_ = &real;
    static const SystemCalls failing{
        [](const char* path, int flags, mode_t mode) { return fails() ? -1 : real_->open(path, flags, mode); },
        [](const char* path, const char* name, int flags) {
          return fails() ? -1 : real_->open_beneath(path, name, flags);
        },
        [](int descriptor, struct stat* status) { return fails() ? -1 : real_->fstat(descriptor, status); },
        [](int descriptor, void* buffer, std::size_t count) {
          return fails() ? ssize_t{-1} : real_->read(descriptor, buffer, shortened(count));
        },
        [](int descriptor, const void* buffer, std::size_t count) {
          return fails() ? ssize_t{-1} : real_->write(descriptor, buffer, shortened(count));
        },
        [](int descriptor) { return fails() ? -1 : real_->fsync(descriptor); },
        [](const char* from, const char* to) { return fails() ? -1 : real_->rename(from, to); },
        [](int descriptor) { return real_->close(descriptor); },
        [](std::chrono::milliseconds time) { sleeps.push_back(time.count()); },
    };
    boxfeed::set_system_calls(&failing);
  }
  FailingCalls(const FailingCalls&) = delete;
  FailingCalls& operator=(const FailingCalls&) = delete;
  ~FailingCalls() { boxfeed::set_system_calls(nullptr); }

  /// True where the n-th call was made at all.
  static bool failed() { return calls <= 0; }

  static std::vector<std::int64_t> sleeps;

 private:
  static bool is_turn() {
    --calls;
    return calls <= 0 && -calls < failures;
  }
  static bool fails() {
    if (number == 0 || !is_turn()) return false;
    errno = number;
    return true;
  }
  static std::size_t shortened(std::size_t count) { return number == 0 && is_turn() ? (count + 2) / 3 : count; }

  static const SystemCalls* real_;
  static int calls;
  static int failures;
  static int number;
};

const SystemCalls* FailingCalls::real_ = nullptr;
int FailingCalls::calls = 0;
int FailingCalls::failures = 0;
int FailingCalls::number = 0;
std::vector<std::int64_t> FailingCalls::sleeps;

}  // namespace

TEST_CASE("a missing file is named") {
  CHECK_THROWS_WITH(InputFile("/nonexistent/a.csv"), "cannot open \"/nonexistent/a.csv\": No such file or directory");
  CHECK(outcome([] { InputFile("/nonexistent/a.csv"); }) == "not_found");
}

TEST_CASE("a file is read whole, and an empty one refused") {
  const TemporaryFolder folder;
  CHECK(content(InputFile(folder.write("a", "some bytes"))) == "some bytes");
  std::vector<std::uint8_t> bytes{1, 2, 3};
  CHECK(outcome([&] { InputFile(folder.write("b", "")).read_all(bytes, kLimit); }) == "empty_file");
}

TEST_CASE("a file is read in parts") {
  const TemporaryFolder folder;
  InputFile file(folder.write("a", "some bytes"));
  CHECK(file.size() == 10);
  char buffer[8];
  CHECK(file.read(buffer, 8) == 8);
  CHECK(file.read(buffer, 8) == 2);
  CHECK(file.read(buffer, 8) == 0);
}

TEST_CASE("P01: names that leave the folder are refused") {
  const TemporaryFolder folder;
  folder.write("in/a.jpg", "inside");
  folder.write("out.jpg", "outside");
  const Folder in(folder / "in");
  CHECK(content(in.open("a.jpg")) == "inside");
  CHECK(content(in.open("./a.jpg")) == "inside");
  CHECK(outcome([&] { in.open("../out.jpg"); }) == "path_escape");
  CHECK(outcome([&] { in.open("x/../../out.jpg"); }) == "path_escape");
  CHECK(outcome([&] { in.open(folder / "out.jpg"); }) == "path_escape");
  CHECK(outcome([&] { in.open("../in/a.jpg"); }) == "path_escape");  // by its text
  const Folder anywhere(folder / "in", true);
  CHECK(content(anywhere.open("../out.jpg")) == "outside");
  CHECK(content(anywhere.open(folder / "out.jpg")) == "outside");
}

TEST_CASE("P02: links are followed within the folder only") {
  const TemporaryFolder folder;
  folder.write("in/a.jpg", "inside");
  folder.write("out.jpg", "outside");
  std::filesystem::create_symlink("a.jpg", folder.path() / "in/near.jpg");
  std::filesystem::create_symlink(folder.path() / "in/a.jpg", folder.path() / "in/absolute.jpg");
  std::filesystem::create_symlink("../out.jpg", folder.path() / "in/far.jpg");
  std::filesystem::create_symlink(folder.path(), folder.path() / "in/up");
  std::filesystem::create_symlink("loop.jpg", folder.path() / "in/loop.jpg");
  const Folder in(folder / "in");
  CHECK(content(in.open("near.jpg")) == "inside");
  CHECK(content(in.open("absolute.jpg")) == "inside");
  CHECK(outcome([&] { in.open("far.jpg"); }) == "path_escape");
  CHECK(outcome([&] { in.open("up/out.jpg"); }) == "path_escape");
  CHECK(outcome([&] { in.open("loop.jpg"); }) == "not_found");
  CHECK(content(Folder(folder / "in", true).open("far.jpg")) == "outside");
}

TEST_CASE("P02: links are judged alike where the system has no openat2") {
  const TemporaryFolder folder;
  folder.write("in/a.jpg", "inside");
  folder.write("out.jpg", "outside");
  std::filesystem::create_symlink("a.jpg", folder.path() / "in/near.jpg");
  std::filesystem::create_symlink("../out.jpg", folder.path() / "in/far.jpg");
  const Folder in(folder / "in");
  const auto without = [&](const char* name) {
    const FailingCalls calls(1, ENOSYS);
    return outcome([&] { in.open(name); });
  };
  CHECK(without("a.jpg") == "ok");
  CHECK(without("near.jpg") == "ok");
  CHECK(without("far.jpg") == "path_escape");
  CHECK(without("none.jpg") == "not_found");
}

TEST_CASE("P03: what is no regular file is refused at once") {
  const TemporaryFolder folder;
  const auto begin = std::chrono::steady_clock::now();
  REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
  CHECK_THROWS_WITH(InputFile(folder / "fifo"), ContainsSubstring("got a FIFO"));
  CHECK(outcome([&] { Folder(folder.path().string()).open("fifo"); }) == "not_regular_file");
  CHECK(outcome([] { InputFile("/dev/zero"); }) == "not_regular_file");
  CHECK(outcome([] { InputFile("/dev/null"); }) == "not_regular_file");
  CHECK_THROWS_WITH(InputFile(folder.path().string()), ContainsSubstring("got a directory"));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  REQUIRE((folder / "socket").size() < sizeof address.sun_path);
  std::strcpy(address.sun_path, (folder / "socket").c_str());
  const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
  REQUIRE(::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  CHECK(outcome([&] { InputFile(folder / "socket"); }) == "not_regular_file");
  ::close(listener);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(2));
}

TEST_CASE("P04: the bytes of a name are passed through, and escaped where they are printed") {
  const TemporaryFolder folder;
  const Folder in(folder.path().string());
  for (const std::string& name :
       {std::string("a b.jpg"), std::string("a,b\"c'.jpg"), std::string("line\nbreak.jpg"), std::string("größe.jpg"),
        std::string("bad\xFF\xFEutf8.jpg"), std::string(255, 'x')}) {
    folder.write(name, name);
    CHECK(content(in.open(name)) == name);
  }
  CHECK_THROWS_WITH(in.open("none\nhere\xFF"), ContainsSubstring("none\\x0ahere\\xff"));
  CHECK(outcome([&] { in.open(std::string(256, 'x')); }) == "not_found");
  CHECK(outcome([&] { in.open(std::string(5000, 'x')); }) == "not_found");
  std::string deep;
  while (deep.size() < 5000) deep += "folder/";
  CHECK(outcome([&] { in.open(deep + "a.jpg"); }) == "not_found");
  folder.write("a", "x");
  CHECK(outcome([&] { in.open(std::string("a\0b.jpg", 7)); }) == "not_found");
}

TEST_CASE("P05, P06: a file that vanishes or changes is read as it is then") {
  const TemporaryFolder folder;
  folder.write("a", "first");
  const Folder in(folder.path().string());
  std::vector<std::uint8_t> bytes;
  in.read("a", bytes, kLimit);
  folder.write("a", "longer than before");
  in.read("a", bytes, kLimit);
  CHECK(std::string(bytes.begin(), bytes.end()) == "longer than before");
  InputFile open = in.open("a");
  folder.write("a", "grown after it was opened, by more than it had");
  open.read_all(bytes, kLimit);
  CHECK(std::string(bytes.begin(), bytes.end()) == "grown after it was opened, by more than it had");
  std::filesystem::remove(folder.path() / "a");
  CHECK(outcome([&] { in.read("a", bytes, kLimit); }) == "not_found");
}

TEST_CASE("P07: no permission, and no descriptors left") {
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

TEST_CASE("P07: what may pass is tried again, waiting longer each time") {
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

TEST_CASE("P08: a file above the limit is refused before it is read") {
  const TemporaryFolder folder;
  folder.write("a", "12345");
  std::vector<std::uint8_t> bytes;
  InputFile(folder / "a").read_all(bytes, 5);
  CHECK(bytes.size() == 5);
  CHECK_THROWS_WITH(InputFile(folder / "a").read_all(bytes, 4), ContainsSubstring("expected at most 4 bytes, got 5"));
  folder.write("sparse", "");
  std::filesystem::resize_file(folder.path() / "sparse", std::uintmax_t{3} << 30);
  const auto begin = std::chrono::steady_clock::now();
  CHECK(outcome([&] { InputFile(folder / "sparse").read_all(bytes, std::uint64_t{256} << 20); }) == "file_too_large");
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(1));
}

TEST_CASE("P09: no descriptor is left open") {
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
      // Once it is renamed the new file is there, even where the folder cannot be synchronised.
      const std::string now = read();
      CHECK((now == "old" || now == "new content"));
    }
  }
  for (const int error : {EINTR, 0}) {
    for (int n = 1; n <= 3; ++n) {  // opened, written, synchronised
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
