#include "distributed/watch.h"

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace localization {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kTurn = std::chrono::milliseconds(250), kPatience = std::chrono::milliseconds(3000),
               kTold = std::chrono::milliseconds(1500);
constexpr const char* kFailed = "failed";
/// Stands for a rank that cannot speak for itself.
constexpr int kFound = -1;

std::vector<std::uint8_t> packed(const std::string& text) { return {text.begin(), text.end()}; }
std::string unpacked(const std::vector<std::uint8_t>& bytes) { return {bytes.begin(), bytes.end()}; }

std::string list_of(const std::vector<int>& ranks) {
  std::string text = ranks.size() == 1 ? "rank " : "ranks ";
  for (std::size_t i = 0; i < ranks.size(); ++i) text += (i > 0 ? ", " : "") + std::to_string(ranks[i]);
  return text;
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

struct Watch::Shared {
  /// What a rank says of itself.
  struct Sign {
    std::uint64_t beat = 0;     ///< goes on as long as the process lives
    std::uint64_t entered = 0;  ///< how often it has waited for the others
    std::uint64_t work = 0;     ///< how often it was at work
  };

  Shared(c10::intrusive_ptr<c10d::Store> where, int own, int number, std::string at)
      : store(std::move(where)),
        rank(own),
        size(number),
        place(std::move(at)),
        teller(own),
        signs(static_cast<std::size_t>(number)),
        beat_at(signs.size(), Clock::now()),
        work_at(beat_at) {}

  void run();
  void turn(const Sign& own, const std::optional<std::string>& telling, bool all);
  std::optional<std::string> explanation(const std::string& error, Clock::time_point asked) const;
  std::string key_of(int other) const { return "sign/" + std::to_string(other); }

  const c10::intrusive_ptr<c10d::Store> store;
  const int rank, size;
  const std::string place;

  std::mutex mutex;
  std::condition_variable condition;
  bool ends = false;
  bool asked_for_all = false;
  Sign sign;
  std::optional<std::string> reason;                ///< what is to be told
  int teller = 0;                                   ///< this rank, or `kFound`
  bool told = false;                                ///< that
  std::optional<std::pair<int, std::string>> who;   ///< the first that failed, and why
  std::optional<std::string> lost;                  ///< why the store cannot be reached
  Clock::time_point answered = Clock::now();        ///< by the store
  std::vector<Sign> signs;                          ///< of all
  std::vector<Clock::time_point> beat_at, work_at;  ///< when each was last seen to live, and to get on
  bool over = false;                                ///< nothing of this is used any more
};

void Watch::Shared::run() {
  std::unique_lock lock(mutex);
  while (!ends && !lost) {
    ++sign.beat;
    const auto own = sign;
    const auto telling = told ? std::nullopt : reason;
    const bool all = asked_for_all;
    lock.unlock();
    try {
      turn(own, telling, all);
      lock.lock();
      told = told || telling.has_value();
    } catch (const std::exception& error) {
      lock.lock();
      lost = first_line(error.what());
    }
    condition.notify_all();
    if (!lost) condition.wait_for(lock, kTurn, [&] { return ends || (reason && !told); });
  }
  over = true;
  condition.notify_all();
}

void Watch::Shared::turn(const Sign& own, const std::optional<std::string>& telling, bool all) {
  const auto text = std::to_string(own.beat) + " " + std::to_string(own.entered) + " " + std::to_string(own.work);
  store->set(key_of(rank), packed(text));
  if (telling && store->add("failures", 1) == 1) {
    store->set(kFailed, packed(std::to_string(teller) + " " + *telling));
  }
  std::optional<std::pair<int, std::string>> failed;
  if (store->check({kFailed})) {
    const auto found = unpacked(store->get(kFailed));
    failed = {std::stoi(found), found.substr(found.find(' ') + 1)};
  }
  std::vector<std::optional<Sign>> seen(signs.size());
  for (int other = 0; other < size; ++other) {
    if (other == rank || (other > 0 && !all) || !store->check({key_of(other)})) continue;
    Sign one;
    const auto found = unpacked(store->get(key_of(other)));
    char* rest = nullptr;
    one.beat = std::strtoull(found.c_str(), &rest, 10);
    one.entered = std::strtoull(rest, &rest, 10);
    one.work = std::strtoull(rest, &rest, 10);
    seen[static_cast<std::size_t>(other)] = one;
  }
  const std::lock_guard lock(mutex);
  answered = Clock::now();
  if (failed) who = failed;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (!seen[i]) continue;
    if (seen[i]->beat != signs[i].beat) beat_at[i] = answered;
    if (seen[i]->entered != signs[i].entered || seen[i]->work != signs[i].work) work_at[i] = answered;
    signs[i] = *seen[i];
  }
}

/// What is known of who is missing; nothing as long as more may be found out.
std::optional<std::string> Watch::Shared::explanation(const std::string& error, Clock::time_point asked) const {
  const bool patient = Clock::now() - asked < kPatience;
  if (who && who->first == kFound) return who->second;
  if (who && who->first != rank) return "rank " + std::to_string(who->first) + " has ended: " + first_line(who->second);
  const auto keeper =
      "the store at " + place + " cannot be reached: rank 0, or the launcher, has ended, or the way to it is cut";
  if (lost) return keeper + " (" + *lost + ")";
  if (patient) return std::nullopt;
  if (answered < asked) return keeper + " (no answer)";
  std::vector<int> silent, behind;
  for (int other = 0; other < size; ++other) {
    if (other == rank) continue;
    const auto i = static_cast<std::size_t>(other);
    if (beat_at[i] < asked + kTurn) {
      silent.push_back(other);
    } else if (signs[i].entered < sign.entered) {
      behind.push_back(other);
    }
  }
  if (!silent.empty()) {
    return list_of(silent) + (silent.size() == 1 ? " gives" : " give") +
           " no sign of life: ended, stopped or out of reach (" + error + ")";
  }
  if (!behind.empty()) {
    return list_of(behind) + (behind.size() == 1 ? " lives but does" : " live but do") +
           " not come to what the others wait for (" + error + ")";
  }
  return "all ranks live, but the connection between two of them does not work (" + error + ")";
}

Watch::Watch(c10::intrusive_ptr<c10d::Store> store, int rank, int size, std::string place)
    : shared_(std::make_shared<Shared>(std::move(store), rank, size, std::move(place))) {
  std::thread([shared = shared_] { shared->run(); }).detach();
}

Watch::~Watch() {
  std::unique_lock lock(shared_->mutex);
  shared_->ends = true;
  shared_->condition.notify_all();
  shared_->condition.wait_for(lock, kTold, [&] { return shared_->over; });
}

void Watch::alive() {
  const std::lock_guard lock(shared_->mutex);
  ++shared_->sign.work;
}

void Watch::enters() {
  const std::lock_guard lock(shared_->mutex);
  ++shared_->sign.entered;
}

void Watch::fail(const std::string& why) {
  std::unique_lock lock(shared_->mutex);
  if (shared_->reason) return;
  shared_->reason = why;
  shared_->condition.notify_all();
  shared_->condition.wait_for(lock, kTold, [&] { return shared_->told || shared_->lost; });
  lock.unlock();
  if (shared_->rank == 0) std::this_thread::sleep_for(4 * kTurn);  // with it the store may end, which has the reason
}

bool Watch::other_fails_for(const std::string& why) {
  std::unique_lock lock(shared_->mutex);
  const auto same = [&] { return shared_->who && shared_->who->first != shared_->rank && shared_->who->second == why; };
  shared_->condition.wait_for(lock, 3 * kTurn, [&] { return same() || shared_->lost; });
  return same();
}

std::string Watch::explained(const std::string& error) {
  std::unique_lock lock(shared_->mutex);
  shared_->asked_for_all = true;
  const auto asked = Clock::now();
  std::optional<std::string> text;
  while (!(text = shared_->explanation(first_line(error), asked))) shared_->condition.wait_for(lock, kTurn);
  if (shared_->who || shared_->lost || shared_->reason) return *text;
  shared_->teller = kFound;
  lock.unlock();
  fail(*text);
  return *text;
}

bool Watch::someone_failed() {
  const std::lock_guard lock(shared_->mutex);
  return shared_->who || shared_->lost;
}

Clock::duration Watch::main_idle() {
  const std::lock_guard lock(shared_->mutex);
  return Clock::now() - shared_->work_at[0];
}

}  // namespace localization
