#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "support/catch.h"
#include "support/temporary_folder.h"

/// The program `localize` while the test goes on.
namespace program {

/// Of the environment.
using Variables = std::map<std::string, std::string>;

/// `localize` beside the test, with what it writes in the file `log` of the folder.
class Process {
 public:
  Process(const boxfeed::testing::TemporaryFolder& folder, const std::string& arguments,
          const Variables& variables = {}, const std::string& log = "log")
      : log_(folder / log) {
    std::filesystem::remove(log_);
    std::istringstream words(arguments);
    std::vector<std::string> all{LOCALIZE_PROGRAM};
    for (std::string word; words >> word;) all.push_back(word);
    std::vector<char*> argv;
    for (auto& word : all) argv.push_back(word.data());
    argv.push_back(nullptr);
    const auto path = folder.path().string();
    pid_ = ::fork();
    REQUIRE(pid_ >= 0);
    if (pid_ != 0) return;
    for (const auto& [key, value] : variables) ::setenv(key.c_str(), value.c_str(), 1);
    const int out = ::open(log_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (::chdir(path.c_str()) == 0 && ::dup2(out, 1) == 1 && ::dup2(out, 2) == 2) ::execv(argv[0], argv.data());
    ::_exit(99);
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

  void send(int signal) const { ::kill(pid_, signal); }

  /// The exit code, or minus the signal that ended it.
  int wait() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

  std::string text() const { return boxfeed::testing::bytes_of(log_); }

 private:
  std::string log_;
  pid_t pid_ = 0;
};

/// Waits until the file is there and holds this text.
inline void wait_for(const std::string& path, const std::string& text) {
  for (int i = 0; i < 60000; ++i) {
    if (boxfeed::testing::bytes_of(path).find(text) != std::string::npos) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  FAIL("there is no " + text + " in " + path);
}

/// The tensors of a safetensors file as bytes, without the header, in whose metadata times stand.
inline std::string tensors_of(const std::string& path) {
  const auto bytes = boxfeed::testing::bytes_of(path);
  std::uint64_t header = 0;
  REQUIRE(bytes.size() > sizeof header);
  std::memcpy(&header, bytes.data(), sizeof header);
  REQUIRE(8 + header < bytes.size());
  return bytes.substr(8 + header);
}

}  // namespace program
