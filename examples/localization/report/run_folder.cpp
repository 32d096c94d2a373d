#include "report/run_folder.h"

#include <boxfeed/core/error.h>
#include <boxfeed/core/file.h>

#include <filesystem>
#include <system_error>

#include "data/formatted.h"

namespace localization {
namespace {

namespace fs = std::filesystem;
using boxfeed::Error;
using boxfeed::Reason;

[[noreturn]] void fail(const std::string& path, const std::string& what) {
  throw Error(Reason::kIoWrite, "run folder " + boxfeed::quoted(path) + ": " + what, path);
}

/// Makes the folder and those above it. True where it was not there before.
bool make_folders(const std::string& path) {
  std::error_code error;
  const bool made = fs::create_directories(path, error);
  if (error) fail(path, "cannot be made: " + error.message());
  return made;
}

/// The first numbered folder that was not there before.
std::string make_numbered(const std::string& name) {
  make_folders("runs");
  for (int number = 1; number < 1000000; ++number) {
    std::string path = "runs/" + name + formatted("-%03d", number);
    std::error_code error;
    if (fs::create_directory(path, error)) return path;
    if (error) fail(path, "cannot be made: " + error.message());
  }
  fail("runs/" + name, "no number is free");
}

void check_empty(const std::string& path) {
  std::error_code error;
  if (!fs::is_empty(path, error)) fail(path, error ? error.message() : "expected a new or an empty folder");
}

void check_writable(const std::string& path) {
  const std::string probe = path + "/probe";
  boxfeed::write_file(probe, "");
  std::error_code error;
  fs::remove(probe, error);
}

}  // namespace

RunFolder::RunFolder(const std::optional<std::string>& path, const std::string& name) {
  if (path) {
    made_ = make_folders(*path);
    path_ = *path;
  } else {
    path_ = make_numbered(name);
    made_ = true;
  }
  check_empty(path_);
  check_writable(path_);
}

std::unique_ptr<RunFolder> RunFolder::existing(const std::string& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    throw Error(Reason::kNotFound, "run folder " + boxfeed::quoted(path) + ": expected the folder of a run", path);
  }
  check_writable(path);
  return of_another(path);
}

std::unique_ptr<RunFolder> RunFolder::of_another(const std::string& path) {
  std::unique_ptr<RunFolder> folder(new RunFolder);
  folder->path_ = path;
  return folder;
}

RunFolder::~RunFolder() {
  std::error_code ignored;
  // A folder with something in it survives this.
  if (made_ && fs::remove(path_, ignored) && fs::path(path_).parent_path() == "runs") fs::remove("runs", ignored);
}

std::string latest_run(const std::string& name) {
  std::string latest;
  std::error_code error;
  for (fs::directory_iterator it("runs", error), end; !error && it != end; it.increment(error)) {
    const auto path = it->path().string();
    if (it->path().filename().string().rfind(name + "-", 0) != 0) continue;
    const auto newer = [&] { return path.size() != latest.size() ? path.size() > latest.size() : path > latest; };
    if (latest.empty() || newer()) latest = path;
  }
  return latest;
}

}  // namespace localization
