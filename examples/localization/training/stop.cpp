#include "training/stop.h"

#include <unistd.h>

#include <atomic>
#include <csignal>

namespace localization {
namespace {

constexpr int kStoppedCode = 130;
std::atomic<bool> requested{false};
static_assert(std::atomic<bool>::is_always_lock_free);

extern "C" void request_stop(int) {
  if (requested.exchange(true)) ::_exit(kStoppedCode);
}

}  // namespace

void catch_stop_signals() {
  struct sigaction action {};
  action.sa_handler = request_stop;
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

bool stop_requested() { return requested; }

void stop_if_requested() {
  if (stop_requested()) throw Stopped();
}

}  // namespace localization
