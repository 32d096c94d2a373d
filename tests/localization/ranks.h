#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/temporary_folder.h"

/// Several processes of `localize`, as a launcher starts them.
namespace ranks {

using Variables = std::map<std::string, std::string>;

/// A port that nobody has at this moment.
inline int free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* const name = reinterpret_cast<sockaddr*>(&address);
  REQUIRE(::bind(socket, name, length) == 0);
  REQUIRE(::getsockname(socket, name, &length) == 0);
  ::close(socket);
  return ntohs(address.sin_port);
}

/// What torchrun sets for a rank.
inline Variables torchrun(int rank, int size, int port) {
  const auto text = [](int number) { return std::to_string(number); };
  return {{"RANK", text(rank)},        {"WORLD_SIZE", text(size)},       {"LOCAL_RANK", text(rank)},
          {"MASTER_PORT", text(port)}, {"LOCAL_WORLD_SIZE", text(size)}, {"MASTER_ADDR", "127.0.0.1"}};
}

/// One process, with what it writes in the file out.NAME.
class Process {
 public:
  Process(const boxfeed::testing::TemporaryFolder& folder, const std::string& arguments, const Variables& variables,
          const std::string& name)
      : log_(folder / ("out." + name)) {
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

/// All processes of a world.
class World {
 public:
  World(const boxfeed::testing::TemporaryFolder& folder, int size, const std::string& arguments) {
    const int port = free_port();
    for (int rank = 0; rank < size; ++rank) {
      processes_.push_back(
          std::make_unique<Process>(folder, arguments, torchrun(rank, size, port), std::to_string(rank)));
    }
  }

  Process& operator[](std::size_t rank) { return *processes_[rank]; }

  /// The exit code of each.
  std::vector<int> wait() {
    std::vector<int> codes;
    for (auto& process : processes_) codes.push_back(process->wait());
    return codes;
  }

 private:
  std::vector<std::unique_ptr<Process>> processes_;
};

}  // namespace ranks
