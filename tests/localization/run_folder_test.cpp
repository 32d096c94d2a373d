#include "report/run_folder.h"

#include <boxfeed/core/error.h>

#include <filesystem>

#include "support/catch.h"
#include "support/temporary_folder.h"

namespace fs = std::filesystem;
using boxfeed::testing::TemporaryFolder;
using localization::RunFolder;

namespace {

/// Makes a folder the current one until the end of the scope.
class Inside {
 public:
  explicit Inside(const fs::path& folder) : before_(fs::current_path()) { fs::current_path(folder); }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;
  ~Inside() { fs::current_path(before_); }

 private:
  fs::path before_;
};

}  // namespace

TEST_CASE("run folders are numbered, and a number is never used twice") {
  const TemporaryFolder folder;
  const Inside inside(folder.path());
  const RunFolder first(std::nullopt, "train"), second(std::nullopt, "train"), other(std::nullopt, "predict");
  CHECK(first.path() == "runs/train-001");
  CHECK(second.path() == "runs/train-002");
  CHECK(other.path() == "runs/predict-001");
  CHECK(first / "a.csv" == "runs/train-001/a.csv");
  CHECK(fs::is_directory("runs/train-002"));
}

TEST_CASE("a named folder may be new or empty, and is left as it is otherwise") {
  const TemporaryFolder folder;
  CHECK(RunFolder(folder / "deep/new", "train").path() == folder / "deep/new");
  fs::create_directory(folder / "empty");
  CHECK_NOTHROW(RunFolder(folder / "empty", "train"));
  CHECK(fs::is_empty(folder / "empty"));
  folder.write("full/results.csv", "epoch\n");
  CHECK_THROWS_WITH(RunFolder(folder / "full", "train"),
                    Catch::Matchers::ContainsSubstring("expected a new or an empty folder"));
}

TEST_CASE("a folder that cannot be made or written is an error that names it") {
  const TemporaryFolder folder;
  const std::string path = folder.write("file", "x") + "/run";
  CHECK_THROWS_AS(RunFolder(path, "train"), boxfeed::Error);
  CHECK_THROWS_WITH(RunFolder(path, "train"), Catch::Matchers::ContainsSubstring(path));
}

TEST_CASE("a folder that was made for nothing goes away, one that was there stays") {
  const TemporaryFolder folder;
  fs::create_directory(folder / "old");
  { const RunFolder made(folder / "new", "train"), old(folder / "old", "train"); }
  CHECK_FALSE(fs::exists(folder / "new"));
  CHECK(fs::exists(folder / "old"));
  const Inside inside(folder.path());
  { const RunFolder first(std::nullopt, "train"); }
  CHECK_FALSE(fs::exists("runs"));
  {
    const RunFolder first(std::nullopt, "train");
    folder.write("runs/train-001/results.csv", "epoch\n");
  }
  CHECK(fs::exists("runs/train-001/results.csv"));
}
