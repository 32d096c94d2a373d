#include "report/console.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>

#include "data/formatted.h"

namespace localization {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kMinColumns = 12;
constexpr std::size_t kMinBar = 8, kMaxBar = 30;
constexpr std::chrono::milliseconds kBetweenProgress{50};

void write_out(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

/// Of the environment; empty where it is not set.
std::string_view variable(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr ? value : "";
}

bool is_rewritable() {
  const auto terminal = variable("TERM");
  return ::isatty(STDOUT_FILENO) == 1 && !terminal.empty() && terminal != "dumb";
}

/// The terminal's present width, which may change at any time.
int columns() {
  winsize size{};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/// What fits into a line of `width`: what is done, a bar, and details.
std::string progress_text(const std::string& what, double share, const std::vector<std::string>& details,
                          std::size_t width) {
  std::string text = what + " " + std::to_string(static_cast<int>(100 * share)) + " %";
  std::string tail;
  for (const auto& detail : details) {
    if (text.size() + 3 + kMinBar + tail.size() + 2 + detail.size() > width) break;
    tail += "  " + detail;
  }
  if (const auto taken = text.size() + 3 + tail.size(); taken + kMinBar <= width) {
    const std::size_t bar = std::min(width - taken, kMaxBar);
    const auto full = static_cast<std::size_t>(static_cast<double>(bar) * share);
    text += " [" + std::string(full, '#') + std::string(bar - full, ' ') + "]";
  }
  return (text + tail).substr(0, width);
}

}  // namespace

Console::Console(Talk talk)
    : talk_(talk),
      rewritable_(talk == Talk::kText && is_rewritable()),
      colored_(rewritable_ && variable("NO_COLOR").empty()) {}

Console::~Console() { clear_progress(); }

void Console::line(const std::string& text) { say(text, "message", {{"text", text}}); }

void Console::say(const std::string& text, const std::string& event, const nlohmann::ordered_json& fields) {
  if (talk_ == Talk::kQuiet) return;
  clear_progress();
  if (talk_ == Talk::kText) return write_out(text + "\n");
  nlohmann::ordered_json object{{"event", event}};
  object.update(fields);
  write_out(object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

void Console::progress(const std::string& what, std::size_t done, std::size_t total,
                       const std::vector<std::string>& details) {
  if (!rewritable_ || total == 0 || columns() < kMinColumns) return;
  const auto now = Clock::now();
  if (now < next_) return;
  next_ = now + kBetweenProgress;
  const double share = static_cast<double>(std::min(done, total)) / static_cast<double>(total);
  write_out("\r\033[K" + progress_text(what, share, details, static_cast<std::size_t>(columns() - 1)));
  shown_ = true;
}

std::string Console::bold(const std::string& text) const { return colored_ ? "\033[1m" + text + "\033[0m" : text; }

void Console::clear_progress() {
  if (shown_) write_out("\r\033[K");
  shown_ = false;
}

std::string clock_text(double seconds) {
  const auto all = static_cast<long long>(std::llround(std::min(std::max(seconds, 0.0), 1e9)));
  if (all < 3600) return formatted("%lld:%02lld", all / 60, all % 60);
  return formatted("%lld:%02lld:%02lld", all / 3600, all / 60 % 60, all % 60);
}

void make_streams_safe() {
  for (int descriptor = 0; descriptor <= 2; ++descriptor) {
    if (::fcntl(descriptor, F_GETFD) >= 0 || errno != EBADF) continue;
    if (::open("/dev/null", O_RDWR) < 0) std::_Exit(3);  // takes the lowest free number, this one
  }
  std::signal(SIGPIPE, SIG_IGN);
}

}  // namespace localization
