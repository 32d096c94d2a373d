#pragma once

#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "support/catch.h"
#include "support/temporary_folder.h"

/// The program `localize` as its user runs it.
namespace program {

using boxfeed::testing::bytes_of;
using boxfeed::testing::TemporaryFolder;

inline std::size_t lines_of(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

/// What a run of `localize` left.
struct Outcome {
  int code;
  std::string out;
  std::string err;
};

/// Runs `localize` in a folder; `redirection` may send its output elsewhere.
inline Outcome localize(const TemporaryFolder& folder, const std::string& arguments,
                        const std::string& redirection = ">out") {
  const std::string command = "cd '" + folder.path().string() + "' && : >out && '" LOCALIZE_PROGRAM "' " + arguments +
                              " " + redirection + " 2>err </dev/null";
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, bytes_of(folder / "out"), bytes_of(folder / "err")};
}

/// A folder with a data set of 24 pictures in d/.
class DataFolder : public TemporaryFolder {
 public:
  DataFolder() { REQUIRE(localize(*this, "make-data d --count 24").code == 0); }

  /// A copy of data.csv in which `from` is replaced once.
  void spoil(const std::string& name, const std::string& from, const std::string& to) const {
    std::string csv = bytes_of(*this / "d/data.csv");
    const auto at = csv.find(from);
    REQUIRE(at != std::string::npos);
    write(name, csv.replace(at, from.size(), to));
  }
};

}  // namespace program
