#include <boxfeed/core/error.h>
#include <boxfeed/core/file.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/temporary_folder.h"

using boxfeed::list_files;
using boxfeed::testing::TemporaryFolder;
using Names = std::vector<std::string>;
namespace fs = std::filesystem;

TEST_CASE("the files of a folder in alphabetical order, by their extensions") {
  const TemporaryFolder folder;
  for (const auto* name : {"b.jpg", "a.JPG", "sub/c.jpg", "sub/deep/d.png", "e.txt", "f", "a/z.jpg"})
    folder.write(name, "");
  CHECK(list_files(folder.path().string(), {".jpg"}) == Names{"a.JPG", "a/z.jpg", "b.jpg", "sub/c.jpg"});
  CHECK(list_files(folder.path().string(), {".jpg", ".png"}, false) == Names{"a.JPG", "b.jpg"});
  CHECK(list_files(folder.path().string() + "/", {}, false) == Names{"a.JPG", "b.jpg", "e.txt", "f"});
  CHECK(list_files(folder.path().string(), {".gif"}).empty());
}

TEST_CASE("hidden files and folders are passed over") {
  const TemporaryFolder folder;
  for (const auto* name : {"a.jpg", "._a.jpg", ".hidden/b.jpg", "sub/.DS_Store.jpg"}) folder.write(name, "");
  CHECK(list_files(folder.path().string(), {".jpg"}) == Names{"a.jpg"});
}

TEST_CASE("links to folders are followed, but not back to where they are") {
  const TemporaryFolder folder, store;
  store.write("x.jpg", "");
  folder.write("own/a.jpg", "");
  fs::create_directory_symlink(store.path(), folder.path() / "linked");
  fs::create_directory_symlink("..", folder.path() / "own/up");
  fs::create_directory_symlink(".", folder.path() / "self");
  fs::create_symlink(store.path() / "x.jpg", folder.path() / "y.jpg");
  fs::create_symlink("gone.jpg", folder.path() / "broken.jpg");
  CHECK(list_files(folder.path().string(), {".jpg"}) == Names{"broken.jpg", "linked/x.jpg", "own/a.jpg", "y.jpg"});
}

TEST_CASE("a folder that is not there, or is none") {
  const TemporaryFolder folder;
  folder.write("a.txt", "");
  const auto reason = [&](const std::string& path) {
    try {
      list_files(path, {});
    } catch (const boxfeed::Error& error) {
      return std::string(reason_name(error.reason()));
    }
    return std::string();
  };
  CHECK(reason(folder / "none") == "not_found");
  CHECK(reason(folder / "a.txt") == "unsupported");
  CHECK(reason(folder / "a.txt/sub") == "not_found");
}

TEST_CASE("the files of an archive, as it is read") {
  const TemporaryFolder folder;
  for (const auto* name : {"set/b.jpg", "set/sub/c.JPG", "set/._b.jpg", "set/.hidden/d.jpg", "set/notes.txt"})
    folder.write(name, "x");
  REQUIRE(std::system(("tar -C '" + folder.path().string() + "' -cf '" + (folder / "set.tar") + "' set").c_str()) == 0);
  CHECK(list_files(folder / "set.tar", {".jpg"}) == Names{"b.jpg", "sub/c.JPG"});
  CHECK(list_files(folder / "set.tar", {}, false) == Names{"b.jpg", "notes.txt"});
}
