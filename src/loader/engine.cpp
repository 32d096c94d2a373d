#include "loader/engine.h"

#include <boxfeed/core/error.h>
#include <unistd.h>

#include <algorithm>
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

/// A job and how far it is.
struct Ticket {
  explicit Ticket(std::shared_ptr<Job> the_job) : job(std::move(the_job)) {}

  bool open() const { return started < job->places(); }
  bool full() const { return finished == job->places(); }

  std::shared_ptr<Job> job;
  std::size_t started = 0;
  std::size_t finished = 0;
  std::chrono::nanoseconds busy{0};
};

/// What a worker does at the moment.
struct Activity {
  std::shared_ptr<Ticket> ticket;
  std::size_t place = 0;
  Clock::time_point since;
};

enum class Start { kCold, kFirstTaken, kWarm };

void fill(Job& job, std::size_t place, std::size_t worker) noexcept {
  try {
    job.fill(place, worker);
  } catch (...) {
    job.fail({place, std::nullopt, std::current_exception()});
  }
}

}  // namespace

struct Engine::Shared {
  const pid_t process = ::getpid();
  std::vector<std::thread> threads;

  std::mutex mutex;
  // Guarded by the mutex, all of it.
  std::condition_variable work;
  std::condition_variable done;
  std::deque<std::shared_ptr<Ticket>> queue;
  std::deque<std::shared_ptr<Ticket>> urgent;
  std::vector<Activity> activities;
  std::size_t active = 0;
  std::size_t ahead = 0;
  Start start = Start::kCold;
  Clock::time_point grace_end;
  std::size_t workers = 0;
  bool quit = false;

  /// The ticket whose next place is to be filled next, or none. Sets `held` where only a cold start is in the way.
  std::shared_ptr<Ticket> next_open(bool& held) {
    for (const auto& ticket : urgent) {
      if (ticket->open()) return ticket;
    }
    for (const auto& ticket : queue) {
      if (!ticket->open()) continue;
      const bool first = start == Start::kCold && ticket == queue.front();
      if (start == Start::kWarm || first) return ticket;
      if (start == Start::kFirstTaken && Clock::now() >= grace_end) {
        start = Start::kWarm;
        return ticket;
      }
      held = ahead >= workers;
      if (held) return nullptr;
      ++ahead;
      return ticket;
    }
    return nullptr;
  }

  void work_loop(std::size_t worker) {
    std::unique_lock<std::mutex> lock(mutex);
    while (!quit) {
      bool held = false;
      std::shared_ptr<Ticket> ticket = next_open(held);
      if (!ticket) {
        if (held && start == Start::kFirstTaken) {
          work.wait_until(lock, grace_end);
        } else {
          work.wait(lock);
        }
        continue;
      }
      Activity& activity = activities[worker];
      activity = {ticket, ticket->started++, Clock::now()};
      ++active;
      const std::size_t place = activity.place;
      lock.unlock();
      fill(*ticket->job, place, worker);
      lock.lock();
      ticket->busy += Clock::now() - activity.since;
      activity.ticket.reset();
      --active;
      ++ticket->finished;
      if (ticket->full() || active == 0) done.notify_all();
      if (ticket.use_count() == 1) {  // canceled, and this is the last of it: destroyed outside the lock
        lock.unlock();
        ticket.reset();
        lock.lock();
      }
    }
  }

  /// The ticket that can be taken. Requires: that there are some.
  std::deque<std::shared_ptr<Ticket>>::iterator find(bool ordered) {
    if (ordered) return queue.front()->full() ? queue.begin() : queue.end();
    return std::find_if(queue.begin(), queue.end(), [](const auto& ticket) { return ticket->full(); });
  }

  std::string slowest() const {
    const Activity* oldest = nullptr;
    const auto rank = [&](const Activity& activity) {
      return std::make_pair(activity.ticket != queue.front(), activity.since);
    };
    for (const auto& activity : activities) {
      if (activity.ticket && (oldest == nullptr || rank(activity) < rank(*oldest))) oldest = &activity;
    }
    if (oldest == nullptr) return "no example has been begun";
    const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - oldest->since);
    return oldest->ticket->job->name_of(oldest->place) + " has been loading for " + std::to_string(time.count()) +
           " ms";
  }
};

Engine::Engine(std::size_t workers, const std::function<void()>& on_thread_start, const MakeThread& make_thread)
    : shared_(std::make_unique<Shared>()) {
  Shared& shared = *shared_;
  shared.activities.resize(workers);
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
  const bool one = ticket->job->places() == 1;
  {
    const std::lock_guard<std::mutex> lock(shared_->mutex);
    shared_->queue.push_back(std::move(ticket));
  }
  if (one) {
    shared_->work.notify_one();
  } else {
    shared_->work.notify_all();
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
    for (std::size_t place = 0; place < ticket->job->places(); ++place) fill(*ticket->job, place, 0);
    return {Taken::Outcome::kJob, ticket->job, Clock::now() - begin, {}};
  }
  auto found = shared_->find(ordered);
  while (found == shared_->queue.end()) {
    if (stopped()) return {Taken::Outcome::kStopped, nullptr, {}, {}};
    if (Clock::now() >= deadline) return {Taken::Outcome::kTimeout, nullptr, {}, shared_->slowest()};
    if (stop == nullptr && !timeout) {
      shared_->done.wait(lock);
    } else {
      shared_->done.wait_until(lock, stop == nullptr ? deadline : std::min(deadline, Clock::now() + kStopPoll));
    }
    found = shared_->find(ordered);
  }
  const std::shared_ptr<Ticket> ticket = *found;
  shared_->queue.erase(found);
  if (shared_->start == Start::kCold) {
    shared_->start = Start::kFirstTaken;
    shared_->grace_end = Clock::now() + kColdGrace;
    shared_->work.notify_all();
  }
  return {Taken::Outcome::kJob, ticket->job, ticket->busy, {}};
}

void Engine::run(std::shared_ptr<Job> job) {
  check_process();
  if (shared_->threads.empty()) {
    for (std::size_t place = 0; place < job->places(); ++place) fill(*job, place, 0);
    return;
  }
  const auto ticket = std::make_shared<Ticket>(std::move(job));
  std::unique_lock<std::mutex> lock(shared_->mutex);
  shared_->urgent.push_back(ticket);
  shared_->work.notify_all();
  shared_->done.wait(lock, [&] { return ticket->full(); });
  shared_->urgent.pop_back();
}

void Engine::cancel() {
  check_process();
  std::deque<std::shared_ptr<Ticket>> dropped;  // destroyed after the lock
  const std::lock_guard<std::mutex> lock(shared_->mutex);
  dropped.swap(shared_->queue);
}

void Engine::wait_idle() {
  check_process();
  std::unique_lock<std::mutex> lock(shared_->mutex);
  shared_->done.wait(lock, [&] { return shared_->active == 0; });
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
      std::count_if(shared_->queue.begin(), shared_->queue.end(), [](const auto& ticket) { return ticket->full(); }));
}

}  // namespace boxfeed::detail
