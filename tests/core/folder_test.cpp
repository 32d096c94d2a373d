#include <boxfeed/core/file.h>

#include <cerrno>
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
using boxfeed::testing::FailingCalls;
using boxfeed::testing::kLimit;
using boxfeed::testing::outcome;
using boxfeed::testing::TemporaryFolder;
using Catch::Matchers::ContainsSubstring;

}  // namespace

TEST_CASE("names that leave the folder are refused") {
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

TEST_CASE("links are followed within the folder only") {
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

TEST_CASE("links are judged alike where the system has no openat2") {
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

TEST_CASE("the bytes of a name are passed through, and escaped where they are printed") {
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

TEST_CASE("a file that vanishes or changes is read as it is then") {
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

TEST_CASE("a name that goes down and up again stays in the folder") {
  const TemporaryFolder folder;
  folder.write("in/a/x.txt", "x");
  folder.write("in/b.txt", "b");
  CHECK(content(Folder(folder / "in").open("a/../b.txt")) == "b");
  CHECK(content(Folder(folder / "in").open("a/./../b.txt")) == "b");
  CHECK(outcome([&] { Folder(folder / "in").open("a/../../in/b.txt"); }) == "path_escape");
}

TEST_CASE("an absolute name of a file in the folder is read, by where the file really is") {
  const TemporaryFolder folder;
  folder.write("in/sub/a.jpg", "inside");
  folder.write("out.jpg", "outside");
  std::filesystem::create_symlink("../out.jpg", folder.path() / "in/far.jpg");
  std::filesystem::create_directory_symlink("in", folder.path() / "also");
  const Folder in(folder / "in");
  CHECK(content(in.open(folder / "in/sub/a.jpg")) == "inside");
  CHECK(content(in.open(folder / "also/sub/a.jpg")) == "inside");
  CHECK(outcome([&] { in.open(folder / "out.jpg"); }) == "path_escape");
  CHECK(outcome([&] { in.open(folder / "in/far.jpg"); }) == "path_escape");
  CHECK(outcome([&] { in.open(folder / "in/none.jpg"); }) == "not_found");
  CHECK_THROWS_WITH(in.open("../out.jpg"), ContainsSubstring("`allow_outside_root(true)`"));
}
