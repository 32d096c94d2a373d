#include <boxfeed/core/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "core/file_support.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

namespace {

using boxfeed::Folder;
using boxfeed::InputFile;
using boxfeed::testing::content;
using boxfeed::testing::kLimit;
using boxfeed::testing::outcome;
using boxfeed::testing::TemporaryFolder;
using Catch::Matchers::ContainsSubstring;

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

TEST_CASE("what is no regular file is refused at once") {
  const TemporaryFolder folder;
  REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
  CHECK_THROWS_WITH(InputFile(folder / "fifo"), ContainsSubstring("got a FIFO"));
  CHECK(outcome([&] { Folder(folder.path().string()).open("fifo"); }) == "not_regular_file");
  CHECK(outcome([] { InputFile("/dev/zero"); }) == "not_regular_file");
  CHECK(outcome([] { InputFile("/dev/null"); }) == "not_regular_file");
  CHECK_THROWS_WITH(InputFile(folder.path().string()), ContainsSubstring("got a directory"));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  REQUIRE((folder / "socket").size() < sizeof address.sun_path);
  (folder / "socket").copy(address.sun_path, sizeof address.sun_path);
  const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
  REQUIRE(::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  CHECK(outcome([&] { InputFile(folder / "socket"); }) == "not_regular_file");
  ::close(listener);
}

TEST_CASE("a file above the limit is refused before it is read") {
  const TemporaryFolder folder;
  folder.write("a", "12345");
  std::vector<std::uint8_t> bytes;
  InputFile(folder / "a").read_all(bytes, 5);
  CHECK(bytes.size() == 5);
  CHECK_THROWS_WITH(InputFile(folder / "a").read_all(bytes, 4), ContainsSubstring("expected at most 4 bytes, got 5"));
  folder.write("sparse", "");
  std::filesystem::resize_file(folder.path() / "sparse", std::uintmax_t{3} << 30);
  CHECK(outcome([&] { InputFile(folder / "sparse").read_all(bytes, std::uint64_t{256} << 20); }) == "file_too_large");
  CHECK(bytes.capacity() < 1000);
}
