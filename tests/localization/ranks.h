#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include "localization/process.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

/// Several processes of `localize`, as a launcher starts them.
namespace ranks {

using program::Process;
using program::Variables;

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

/// All processes of a world.
class World {
 public:
  World(const boxfeed::testing::TemporaryFolder& folder, int size, const std::string& arguments) {
    const int port = free_port();
    for (int rank = 0; rank < size; ++rank) {
      processes_.push_back(
          std::make_unique<Process>(folder, arguments, torchrun(rank, size, port), "out." + std::to_string(rank)));
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
