#include "loader/engine.h"

#include <boxfeed/core/error.h>
#include <boxfeed/core/random.h>
#include <sys/wait.h>
#include <unistd.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <system_error>

#include "loader/fake_job.h"
#include "support/catch.h"

using namespace boxfeed;
using namespace boxfeed::detail;
using boxfeed::testing::FakeJob;
using std::chrono::milliseconds;
using Outcome = Taken::Outcome;

namespace {

EngineOptions workers(std::size_t count) {
  EngineOptions options;
  options.workers = count;
  return options;
}

/// A door that jobs wait at until it is opened.
class Gate {
 public:
  void wait() {
    std::unique_lock<std::mutex> lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
  }
  void open() {
    const std::lock_guard<std::mutex> lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  /// Returns when `count` calls of `wait` have come.
  void await(std::size_t count) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return waiting_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t waiting_ = 0;
  bool open_ = false;
};

}  // namespace

TEST_CASE("Jobs come back in the order in which they went, each place filled once, by any number of workers") {
  for (const std::size_t count : {0, 1, 2, 3, 8}) {
    Engine engine(workers(count));
    CHECK(engine.threads() == count);
    std::vector<std::shared_ptr<FakeJob>> jobs;
    for (std::size_t i = 0; i < 40; ++i) {
      jobs.push_back(std::make_shared<FakeJob>(i % 7));
      engine.submit(jobs.back());
    }
    for (const auto& job : jobs) {
      const Taken taken = engine.take({});
      REQUIRE(taken.outcome == Outcome::kJob);
      CHECK(taken.job == job);
      CHECK(job->exactly_once());
    }
    CHECK(engine.take({}).outcome == Outcome::kNothing);
  }
}

TEST_CASE("Without order, the job that is full first comes first") {
  Engine engine(workers(2));
  Gate gate;
  auto slow = std::make_shared<FakeJob>(1, [&](std::size_t) { gate.wait(); });
  auto quick = std::make_shared<FakeJob>(1);
  engine.submit(slow);
  engine.submit(quick);
  TakeOptions unordered;
  unordered.ordered = false;
  CHECK(engine.take(unordered).job == quick);
  gate.open();
  CHECK(engine.take(unordered).job == slow);
}

TEST_CASE("What a place throws is noted with the place, and the others are filled all the same") {
  for (const std::size_t count : {0, 2}) {
    Engine engine(workers(count));
    engine.submit(std::make_shared<FakeJob>(5, [](std::size_t place) {
      if (place == 3) throw std::runtime_error("three");
      if (place == 1) throw 42;
    }));
    const Taken taken = engine.take({});
    const auto errors = taken.job->errors();
    REQUIRE(errors.size() == 2);
    CHECK(errors[0].place == 1);
    CHECK_THROWS_AS(std::rethrow_exception(errors[0].error), int);
    CHECK(errors[1].place == 3);
    CHECK_THROWS_WITH(std::rethrow_exception(errors[1].error), "three");
    CHECK(static_cast<FakeJob&>(*taken.job).exactly_once());
  }
}

TEST_CASE("A timeout names what is slow, and the job can still be had") {
  Engine engine(workers(2));
  Gate gate;
  auto job = std::make_shared<FakeJob>(3, [&](std::size_t place) {
    if (place == 1) gate.wait();
  });
  engine.submit(job);
  gate.await(1);
  TakeOptions options;
  options.timeout = milliseconds(5);
  const Taken late = engine.take(options);
  CHECK(late.outcome == Outcome::kTimeout);
  CHECK(late.slowest.rfind("place 1 has been loading for ", 0) == 0);
  gate.open();
  CHECK(engine.take({}).job == job);
}

TEST_CASE("A timeout names a place of the job that is waited for, before those of later ones") {
  Engine engine(workers(2));
  Gate gate;
  engine.submit(std::make_shared<FakeJob>(1, [&](std::size_t) { gate.wait(); }));
  engine.submit(std::make_shared<FakeJob>(2, [&](std::size_t place) {
    if (place == 1) gate.wait();
  }));
  gate.await(2);
  TakeOptions options;
  options.timeout = milliseconds(1);
  CHECK(engine.take(options).slowest.rfind("place 0 has", 0) == 0);
  gate.open();
}

TEST_CASE("Of two places of one job, a timeout names the one that was begun first") {
  Engine engine(workers(2));
  Gate first;
  Gate both;
  engine.submit(std::make_shared<FakeJob>(2, [&](std::size_t place) {
    if (place == 0) first.wait();
    both.wait();
  }));
  both.await(1);  // place 1, by the second worker
  first.open();
  both.await(2);
  TakeOptions options;
  options.timeout = milliseconds(1);
  CHECK(engine.take(options).slowest.rfind("place 0 has", 0) == 0);
  both.open();
}

TEST_CASE("A timeout when nothing is being filled says so") {
  EngineOptions options = workers(1);
  Gate gate;
  options.on_thread_start = [&] { gate.wait(); };
  Engine engine(options);
  engine.submit(std::make_shared<FakeJob>(1));
  TakeOptions take;
  take.timeout = milliseconds(1);
  CHECK(engine.take(take).slowest == "no example has been begun");
  gate.open();
}

TEST_CASE("A stop flag ends waiting") {
  Engine engine(workers(1));
  Gate gate;
  engine.submit(std::make_shared<FakeJob>(1, [&](std::size_t) { gate.wait(); }));
  std::atomic<bool> stop{false};
  std::thread signal([&] {
    gate.await(1);
    stop = true;
  });
  TakeOptions options;
  options.stop = &stop;
  CHECK(engine.take(options).outcome == Outcome::kStopped);
  signal.join();
  gate.open();
}

TEST_CASE("Destroying and cancelling drop what is not begun and wait for what is") {
  std::atomic<int> filled{0};
  auto work = [&](std::size_t) {
    std::this_thread::sleep_for(milliseconds(5));
    ++filled;
  };
  SECTION("destroyed") {
    {
      Engine engine(workers(2));
      for (int i = 0; i < 1000; ++i) engine.submit(std::make_shared<FakeJob>(3, work));
    }
    CHECK(filled <= 4);
  }
  SECTION("cancelled") {
    Engine engine(workers(2));
    for (int i = 0; i < 1000; ++i) engine.submit(std::make_shared<FakeJob>(3, work));
    engine.cancel();
    CHECK(engine.take({}).outcome == Outcome::kNothing);
    engine.wait_idle();
    const int before = filled;
    CHECK(before <= 4);
    std::this_thread::sleep_for(milliseconds(15));
    CHECK(filled == before);
    engine.submit(std::make_shared<FakeJob>(2));
    CHECK(engine.take({}).outcome == Outcome::kJob);
  }
}

TEST_CASE("A cancelled job is destroyed when its last place is done") {
  Engine engine(workers(1));
  Gate gate;
  auto job = std::make_shared<FakeJob>(1, [&](std::size_t) { gate.wait(); });
  const std::weak_ptr<FakeJob> watched = job;
  engine.submit(std::move(job));
  gate.await(1);
  engine.cancel();
  gate.open();
  engine.wait_idle();
  engine.run(std::make_shared<FakeJob>(1));  // the worker has let go of the first one before it takes another
  CHECK(watched.expired());
}

TEST_CASE("A job that is run goes before all that are queued") {
  for (const std::size_t count : {0, 1}) {
    Engine engine(workers(count));
    std::atomic<int> queued{0};
    for (int i = 0; i < 100; ++i) {
      engine.submit(std::make_shared<FakeJob>(1, [&](std::size_t) {
        std::this_thread::sleep_for(milliseconds(1));
        ++queued;
      }));
    }
    auto job = std::make_shared<FakeJob>(4);
    engine.run(job);
    CHECK(job->exactly_once());
    CHECK(queued < 100);
    CHECK(engine.take({}).outcome == Outcome::kJob);
  }
}

TEST_CASE("When the first job of a cold start comes, its places and one more a worker were started at most") {
  for (const std::size_t count : {1, 2, 4, 8}) {
    for (int round = 0; round < 20; ++round) {
      Engine engine(workers(count));
      engine.restart();
      std::atomic<std::size_t> started{0};
      // The last place of the first job is slow, so that the other workers could run far ahead.
      for (int i = 0; i < 50; ++i) {
        engine.submit(std::make_shared<FakeJob>(10, [&, i](std::size_t place) {
          ++started;
          if (i == 0 && place == 9) std::this_thread::sleep_for(milliseconds(2));
        }));
      }
      REQUIRE(engine.take({}).outcome == Outcome::kJob);
      CHECK(started <= 10 + count);
      for (int i = 1; i < 50; ++i) REQUIRE(engine.take({}).outcome == Outcome::kJob);
      CHECK(started == 500);
    }
  }
}

TEST_CASE("After the first job the workers go on by themselves, while the caller is elsewhere") {
  Engine engine(workers(2));
  std::atomic<std::size_t> started{0};
  for (int i = 0; i < 5; ++i) engine.submit(std::make_shared<FakeJob>(10, [&](std::size_t) { ++started; }));
  REQUIRE(engine.take({}).outcome == Outcome::kJob);
  for (int i = 0; i < 500 && started < 50; ++i) std::this_thread::sleep_for(milliseconds(10));
  CHECK(started == 50);
  for (int i = 0; i < 500 && engine.ready() < 4; ++i) std::this_thread::sleep_for(milliseconds(10));
  CHECK(engine.ready() == 4);
}

TEST_CASE("Where the system gives fewer threads, those that there are do the work") {
  for (const int granted : {0, 1, 3}) {
    EngineOptions options = workers(8);
    options.make_thread = [granted, made = 0](std::function<void()> run) mutable {
      if (made++ == granted) throw std::system_error(EAGAIN, std::generic_category());
      return std::thread(std::move(run));
    };
    Engine engine(options);
    CHECK(engine.threads() == static_cast<std::size_t>(granted));
    auto job = std::make_shared<FakeJob>(20);
    engine.submit(job);
    CHECK(engine.take({}).job == job);
    CHECK(job->exactly_once());
  }
}

TEST_CASE("A child process is told that the threads are not there, and can still destroy the engine") {
  auto engine = std::make_unique<Engine>(workers(2));
  Gate gate;
  engine->submit(std::make_shared<FakeJob>(1, [&](std::size_t) { gate.wait(); }));
  gate.await(1);
  const pid_t child = ::fork();
  if (child == 0) {
    int refused = 0;
    const auto refuses = [&](auto&& call) {
      try {
        call();
      } catch (const Error& error) {
        refused += error.reason() == Reason::kForked ? 1 : 0;
      }
    };
    refuses([&] { engine->take({}); });
    refuses([&] { engine->submit(std::make_shared<FakeJob>(1)); });
    refuses([&] { engine->run(std::make_shared<FakeJob>(1)); });
    refuses([&] { engine->cancel(); });
    refuses([&] { engine->restart(); });
    engine.reset();
    ::_exit(refused == 5 ? 0 : 1);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  gate.open();
  CHECK(engine->take({}).outcome == Outcome::kJob);
}

TEST_CASE("Each worker has a number of its own") {
  struct Numbered : detail::Job {
    Numbered() : Job(64), inside(4) {}
    void fill(std::size_t, std::size_t worker) override {
      if (inside.at(worker).exchange(true)) clash = true;
      std::this_thread::yield();
      inside[worker] = false;
    }
    std::string name_of(std::size_t) const override { return {}; }
    std::size_t examples() const override { return places(); }
    std::vector<std::atomic<bool>> inside;
    std::atomic<bool> clash{false};
  };
  Engine engine(workers(4));
  auto job = std::make_shared<Numbered>();
  engine.submit(job);
  engine.take({});
  CHECK_FALSE(job->clash);
  CHECK(job->errors().empty());
}

TEST_CASE("At any step: take, run, cancel, restart, destroy, with random numbers of workers and places") {
  Random random(1, 0, 0);
  for (int round = 0; round < 400; ++round) {
    Engine engine(workers(random.below(9)));
    std::deque<std::shared_ptr<FakeJob>> flying;
    const auto steps = random.below(60);
    for (std::uint64_t step = 0; step < steps; ++step) {
      switch (random.below(8)) {
        case 0: {
          engine.cancel();
          flying.clear();
          if (random.below(2) == 0) engine.wait_idle();
          engine.restart();
          break;
        }
        case 1: {
          auto job = std::make_shared<FakeJob>(random.below(5));
          engine.run(job);
          REQUIRE(job->exactly_once());
          break;
        }
        case 2:
        case 3:
        case 4: {
          const Taken taken = engine.take({});
          REQUIRE((taken.outcome == Outcome::kJob) == !flying.empty());
          if (flying.empty()) break;
          REQUIRE(taken.job == flying.front());
          REQUIRE(flying.front()->exactly_once());
          flying.pop_front();
          break;
        }
        default: {
          const bool throws = random.below(4) == 0;
          flying.push_back(std::make_shared<FakeJob>(random.below(6), [throws](std::size_t place) {
            if (throws && place % 2 == 0) throw std::runtime_error("thrown");
          }));
          engine.submit(flying.back());
        }
      }
    }
  }
}
