#pragma once

#include <memory>
#include <optional>
#include <string>

namespace localization {

/// A folder for the results of one run, which holds no other run's.
class RunFolder {
 public:
  /// Makes the folder `path`, or the first free one of runs/NAME-001, runs/NAME-002, … below the current folder, and
  /// makes sure that files can be written into it.
  /// Throws: `boxfeed::Error` with `kIoWrite` where it cannot be written, or holds anything already.
  RunFolder(const std::optional<std::string>& path, const std::string& name);
  /// The folder of a run that is to go on. Throws: `boxfeed::Error` with `kNotFound` where there is no such folder.
  static std::unique_ptr<RunFolder> existing(const std::string& path);
  /// The folder that another process has for the run that this one takes part in; here it may not even be seen.
  static std::unique_ptr<RunFolder> of_another(const std::string& path);
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;
  /// Takes the folder away again where it was made here and nothing was written into it.
  ~RunFolder();

  const std::string& path() const noexcept { return path_; }
  /// The path of a file in the folder.
  std::string operator/(const std::string& file) const { return path_ + "/" + file; }

 private:
  RunFolder() = default;

  std::string path_;
  bool made_ = false;
};

/// The numbered folder runs/NAME-NNN with the highest number; empty where there is none.
std::string latest_run(const std::string& name);

}  // namespace localization
