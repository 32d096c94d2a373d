#pragma once

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <string>

#include "support/catch.h"

/// A terminal of our own, to see what a program writes where a person watches.
namespace terminal {

/// Everything that `work`, in a process of its own, writes into a terminal of so many columns.
template <typename Work>
std::string written_by(int columns, Work work) {
  winsize size{24, static_cast<unsigned short>(columns), 0, 0};
  int master = -1;
  const pid_t child = ::forkpty(&master, nullptr, nullptr, &size);
  REQUIRE(child >= 0);
  if (child == 0) {
    work();
    std::_Exit(0);
  }
  std::string text;
  char buffer[4096];
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::minutes(4);
  for (pollfd wait{master, POLLIN, 0}; std::chrono::steady_clock::now() < give_up;) {
    if (::poll(&wait, 1, 1000) == 0) continue;
    const auto count = ::read(master, buffer, sizeof buffer);
    if (count <= 0) break;  // the other side has ended
    text.append(buffer, static_cast<std::size_t>(count));
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ::close(master);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  return text;
}

/// What a line of the terminal shows after each rewriting of it, without colors.
inline std::vector<std::string> shown_lines(const std::string& written) {
  std::vector<std::string> lines{""};
  for (std::size_t i = 0; i < written.size(); ++i) {
    if (written[i] == '\r' || written[i] == '\n') {
      if (!lines.back().empty()) lines.emplace_back();
    } else if (written[i] == '\033') {
      while (i + 1 < written.size() && std::isalpha(static_cast<unsigned char>(written[i])) == 0) ++i;
    } else {
      lines.back() += written[i];
    }
  }
  return lines;
}

}  // namespace terminal
