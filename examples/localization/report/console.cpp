#include "report/console.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string_view>

namespace localization {
namespace {

constexpr int kMinColumns = 24;

void write_out(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

bool is_rewritable() {
  const char* term = std::getenv("TERM");
  return ::isatty(STDOUT_FILENO) == 1 && term != nullptr && std::string_view(term) != "dumb" && *term != '\0';
}

/// The terminal's present width, which may change at any time.
int columns() {
  winsize size{};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace

Console::Console() : rewritable_(is_rewritable()) {}

Console::~Console() { clear_progress(); }

void Console::line(const std::string& text) {
  clear_progress();
  write_out(text + "\n");
}

void Console::progress(const std::string& what, std::size_t done, std::size_t total) {
  if (!rewritable_ || total == 0 || columns() < kMinColumns) return;
  const int percent = static_cast<int>(100 * done / total);
  if (shown_ && percent == percent_) return;
  percent_ = percent;
  std::string text = what + " " + std::to_string(percent) + " %";
  const auto width = static_cast<std::size_t>(columns() - 1);
  if (text.size() + 12 <= width) {
    const std::size_t bar = std::min<std::size_t>(width - text.size() - 3, 40), full = bar * done / total;
    text += " [" + std::string(full, '#') + std::string(bar - full, ' ') + "]";
  }
  write_out("\r\033[K" + text.substr(0, width));
  shown_ = true;
}

void Console::clear_progress() {
  if (shown_) write_out("\r\033[K");
  shown_ = false;
}

void make_streams_safe() {
  for (int descriptor = 0; descriptor <= 2; ++descriptor) {
    if (::fcntl(descriptor, F_GETFD) >= 0 || errno != EBADF) continue;
    if (::open("/dev/null", O_RDWR) < 0) std::_Exit(3);  // takes the lowest free number, this one
  }
  std::signal(SIGPIPE, SIG_IGN);
}

}  // namespace localization
