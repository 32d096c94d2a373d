#include "loader/engine.h"

#include <boxfeed/core/error.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

namespace boxfeed::detail {
namespace {

using Clock = std::chrono::steady_clock;

/// How often a waiting caller looks at the stop flag, which a signal handler cannot announce.
constexpr std::chrono::milliseconds kStopPoll{20};
/// A longer timeout is none, and cannot be added to the time.
constexpr std::chrono::hours kForever{24 * 365};
/// How long the workers hold back after the first job of a cold start was taken, unless the caller comes back sooner.
constexpr std::chrono::milliseconds kColdGrace{10};

/// A job and how far it is. Places are claimed and finished without a lock.
struct Ticket {
  explicit Ticket(std::shared_ptr<Job> the_job) : job(std::move(the_job)), left(job->places()), full(left == 0) {}

  std::size_t claim() { return next.fetch_add(1, std::memory_order_relaxed); }
  bool open() const { return next.load(std::memory_order_relaxed) < job->places(); }
  void close() { next.store(job->places(), std::memory_order_relaxed); }
  /// Notes filled places and the time for them. True for the last of them.
  bool finish(std::size_t places, Clock::duration time) {
    busy.fetch_add(time.count(), std::memory_order_relaxed);
    return left.fetch_sub(places, std::memory_order_acq_rel) == places;
  }

  const std::shared_ptr<Job> job;
  std::atomic<std::size_t> next{0};
  std::atomic<std::size_t> left;
  std::atomic<Clock::rep> busy{0};
  bool full;  // guarded by the engine's lock
};

/// What a worker does at the moment. It writes the place and the time without a lock.
struct alignas(64) Activity {
  void begin(std::size_t the_place, Clock::time_point now) {
    place.store(the_place, std::memory_order_relaxed);
    since.store(now.time_since_epoch().count(), std::memory_order_relaxed);
  }

  std::shared_ptr<Ticket> ticket;
  std::atomic<std::size_t> place{0};
  std::atomic<Clock::rep> since{0};
};

enum class Start { kCold, kFirstTaken, kWarm };

void fill(Job& job, std::size_t place, std::size_t worker) noexcept {
  try {
    job.fill(place, worker);
  } catch (...) {
    job.fail({place, std::nullopt, std::current_exception()});
  }
}

void fill_all(Job& job) {
  for (std::size_t place = 0; place < job.places(); ++place) fill(job, place, 0);
  job.complete();
}

}  // namespace

struct Engine::Shared {
  explicit Shared(std::size_t threads_wanted) : activities(threads_wanted) {}

  const pid_t process = ::getpid();
  std::vector<std::thread> threads;
  std::vector<Activity> activities;
  /// True while a job is to be filled before all others.
  std::atomic<bool> is_urgent{false};

  std::mutex mutex;
  // Guarded by the mutex, all of it.
  std::condition_variable work;
  std::condition_variable done;
  std::deque<std::shared_ptr<Ticket>> queue;
  std::shared_ptr<Ticket> urgent;
  /// The tickets at the queue's front that have no open place, as far as that was seen.
  std::size_t closed = 0;
  /// Workers that fill places, that wait, and that were woken and are not here yet.
  std::size_t active = 0;
  std::size_t idle = 0;
  std::size_t woken = 0;
  /// What the caller waits for, if it does: this ticket, or, null, any.
  std::optional<const Ticket*> awaited;
  Start start = Start::kCold;
  /// Places beyond the first job that were begun in a cold start.
  std::size_t ahead = 0;
  Clock::time_point grace_end;
  std::size_t workers = 0;
  bool quit = false;

  /// What a worker does next.
  struct Turn {
    std::shared_ptr<Ticket> ticket;
    std::size_t place = 0;
    /// False where a cold start allows this one place.
    bool goes_on = true;
    /// True where there is nothing to do, but only since a cold start is in the way.
    bool held = false;
  };

  Turn next_turn() {
    if (urgent) {
      const std::size_t place = urgent->claim();
      if (place < urgent->job->places()) return {urgent, place};
    }
    for (;;) {
      while (closed < queue.size() && !queue[closed]->open()) ++closed;
      if (closed == queue.size()) return {};
      if (start == Start::kFirstTaken && Clock::now() >= grace_end) start = Start::kWarm;
      const bool free = start == Start::kWarm || (start == Start::kCold && closed == 0);
      if (!free && ahead >= workers) return {nullptr, 0, true, true};
      const auto& ticket = queue[closed];
      const std::size_t place = ticket->claim();
      if (place >= ticket->job->places()) continue;  // another one was faster
      if (!free) ++ahead;
      return {ticket, place, free};
    }
  }

  /// True if a worker is to be woken: one at a time, which wakes the next one where there is more to do, so that short
  /// work does not wake them all.
  bool wakes_one() {
    if (woken > 0 || idle == 0 || start != Start::kWarm) return false;
    const bool open = (urgent && urgent->open()) || (!queue.empty() && queue.back()->open());
    woken = open ? 1 : 0;
    return open;
  }

  void rest(std::unique_lock<std::mutex>& lock, bool held) {
    ++idle;
    if (held && start == Start::kFirstTaken) {
      work.wait_until(lock, grace_end);
    } else {
      work.wait(lock);
    }
    --idle;
    woken = 0;
  }

  void work_loop(std::size_t worker) {
    Activity& activity = activities[worker];
    std::unique_lock<std::mutex> lock(mutex);
    while (!quit) {
      Turn turn = next_turn();
      if (!turn.ticket) {
        rest(lock, turn.held);
        continue;
      }
      activity.ticket = std::move(turn.ticket);
      ++active;
      const bool wakes = wakes_one();
      const auto begin = Clock::now();
      activity.begin(turn.place, begin);
      lock.unlock();
      if (wakes) work.notify_one();

      Ticket& ticket = *activity.ticket;
      std::size_t filled = 0;
      auto now = begin;
      for (std::size_t place = turn.place; place < ticket.job->places(); place = ticket.claim()) {
        activity.begin(place, now);
        fill(*ticket.job, place, worker);
        now = Clock::now();
        ++filled;
        if (!turn.goes_on || is_urgent.load(std::memory_order_relaxed)) break;
      }

      const bool full = ticket.finish(filled, now - begin);
      if (full) ticket.job->complete();

      lock.lock();
      ticket.full = ticket.full || full;
      --active;
      if (awaited && (active == 0 || (full && (*awaited == nullptr || *awaited == &ticket)))) done.notify_one();
      auto last = std::move(activity.ticket);
      if (last.use_count() == 1) {  // nobody waits for it any more: destroyed outside the lock
        lock.unlock();
        last.reset();
        lock.lock();
      }
    }
  }

  /// Waits until `is_over`, which a change of `ticket`, or of any, may make true.
  template <typename IsOver>
  void await(std::unique_lock<std::mutex>& lock, const Ticket* ticket, IsOver is_over) {
    awaited = ticket;
    done.wait(lock, is_over);
    awaited.reset();
  }

  /// The ticket that can be taken. Requires: that there are some.
  std::deque<std::shared_ptr<Ticket>>::iterator find(bool ordered) {
    if (ordered) return queue.front()->full ? queue.begin() : queue.end();
    return std::find_if(queue.begin(), queue.end(), [](const auto& ticket) { return ticket->full; });
  }

  std::string slowest() const {
    const Activity* oldest = nullptr;
    const auto rank = [&](const Activity& activity) {
      return std::make_pair(activity.ticket != queue.front(), activity.since.load());
    };
    for (const auto& activity : activities) {
      if (activity.ticket && (oldest == nullptr || rank(activity) < rank(*oldest))) oldest = &activity;
    }
    if (oldest == nullptr) return "no example has been begun";
    const Clock::time_point since{Clock::duration(oldest->since.load())};
    const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - since);
    return oldest->ticket->job->name_of(oldest->place) + " has been loading for " + std::to_string(time.count()) +
           " ms";
  }
};

Engine::Engine(std::size_t workers, const std::function<void()>& on_thread_start, const MakeThread& make_thread)
    : shared_(std::make_unique<Shared>(workers)) {
  Shared& shared = *shared_;
  shared.threads.reserve(workers);
  for (std::size_t worker = 0; worker < workers; ++worker) {
    try {
      const auto run = [&shared, worker, on_thread_start] {
        if (on_thread_start) on_thread_start();
        shared.work_loop(worker);
      };
      shared.threads.push_back(make_thread ? make_thread(run) : std::thread(run));
    } catch (...) {
      break;  // the machine gives no more: those that there are do the work
    }
  }
  const std::lock_guard<std::mutex> lock(shared.mutex);
  shared.workers = shared.threads.size();
}

Engine::~Engine() {
  if (shared_->process != ::getpid()) {
    // The threads did not come along into this process, and their locks are as they were at the fork: nothing of it
    // may be touched.
    static_cast<void>(shared_.release());
    return;
  }
  cancel();
  {
    const std::lock_guard<std::mutex> lock(shared_->mutex);
    shared_->quit = true;
  }
  shared_->work.notify_all();
  for (auto& thread : shared_->threads) thread.join();
}

std::size_t Engine::threads() const noexcept { return shared_->threads.size(); }

void Engine::check_process() const {
  if (shared_->process != ::getpid()) {
    throw Error(Reason::kForked, "this loader's threads live in process " + std::to_string(shared_->process) +
                                     ", which forked this one: make a loader of its own here");
  }
}

void Engine::submit(std::shared_ptr<Job> job) {
  check_process();
  auto ticket = std::make_shared<Ticket>(std::move(job));
  std::unique_lock<std::mutex> lock(shared_->mutex);
  shared_->queue.push_back(std::move(ticket));
  const bool cold = shared_->start != Start::kWarm;
  const bool wakes = shared_->wakes_one();
  lock.unlock();
  if (cold) {
    shared_->work.notify_all();
  } else if (wakes) {
    shared_->work.notify_one();
  }
}

Taken Engine::take(bool ordered, std::optional<std::chrono::milliseconds> timeout, const std::atomic<bool>* stop) {
  check_process();
  const auto stopped = [&] { return stop != nullptr && stop->load(std::memory_order_relaxed); };
  if (timeout && *timeout > kForever) timeout.reset();
  const auto deadline = timeout ? Clock::now() + *timeout : Clock::time_point::max();
  std::unique_lock<std::mutex> lock(shared_->mutex);
  if (shared_->queue.empty()) return {};
  if (shared_->start == Start::kFirstTaken) {
    shared_->start = Start::kWarm;
    shared_->work.notify_all();
  }
  if (shared_->threads.empty()) {
    const auto ticket = shared_->queue.front();
    shared_->queue.pop_front();
    lock.unlock();
    const auto begin = Clock::now();
    fill_all(*ticket->job);
    return {Taken::Outcome::kJob, ticket->job, Clock::now() - begin, {}};
  }
  auto found = shared_->find(ordered);
  while (found == shared_->queue.end()) {
    if (stopped()) return {Taken::Outcome::kStopped, nullptr, {}, {}};
    if (Clock::now() >= deadline) return {Taken::Outcome::kTimeout, nullptr, {}, shared_->slowest()};
    shared_->awaited = ordered ? shared_->queue.front().get() : nullptr;
    if (stop == nullptr && !timeout) {
      shared_->done.wait(lock);
    } else {
      shared_->done.wait_until(lock, stop == nullptr ? deadline : std::min(deadline, Clock::now() + kStopPoll));
    }
    shared_->awaited.reset();
    found = shared_->find(ordered);
  }
  const std::shared_ptr<Ticket> ticket = std::move(*found);
  if (found - shared_->queue.begin() < static_cast<std::ptrdiff_t>(shared_->closed)) --shared_->closed;
  shared_->queue.erase(found);
  if (shared_->start == Start::kCold) {
    shared_->start = Start::kFirstTaken;
    shared_->grace_end = Clock::now() + kColdGrace;
    shared_->work.notify_all();
  }
  return {Taken::Outcome::kJob, ticket->job, Clock::duration(ticket->busy.load()), {}};
}

void Engine::run(std::shared_ptr<Job> job) {
  check_process();
  if (shared_->threads.empty()) {
    fill_all(*job);
    return;
  }
  const auto ticket = std::make_shared<Ticket>(std::move(job));
  std::unique_lock<std::mutex> lock(shared_->mutex);
  shared_->urgent = ticket;
  shared_->is_urgent = true;
  shared_->work.notify_all();
  shared_->await(lock, ticket.get(), [&] { return ticket->full; });
  shared_->is_urgent = false;
  shared_->urgent.reset();
}

void Engine::cancel() {
  check_process();
  std::deque<std::shared_ptr<Ticket>> dropped;  // destroyed after the lock
  const std::lock_guard<std::mutex> lock(shared_->mutex);
  dropped.swap(shared_->queue);
  for (const auto& ticket : dropped) ticket->close();
  shared_->closed = 0;
}

void Engine::wait_idle() {
  check_process();
  std::unique_lock<std::mutex> lock(shared_->mutex);
  shared_->await(lock, nullptr, [&] { return shared_->active == 0; });
}

void Engine::restart() {
  check_process();
  const std::lock_guard<std::mutex> lock(shared_->mutex);
  shared_->start = Start::kCold;
  shared_->ahead = 0;
}

std::size_t Engine::ready() const {
  check_process();
  const std::lock_guard<std::mutex> lock(shared_->mutex);
  return static_cast<std::size_t>(
      std::count_if(shared_->queue.begin(), shared_->queue.end(), [](const auto& ticket) { return ticket->full; }));
}

}  // namespace boxfeed::detail
