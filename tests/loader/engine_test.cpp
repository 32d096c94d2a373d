#include "loader/engine.h"

#include <boxfeed/core/error.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <vector>

#include "loader/fake_job.h"
#include "loader/gate.h"
#include "support/catch.h"

using namespace boxfeed;
using namespace boxfeed::detail;
using boxfeed::testing::FakeJob;
using boxfeed::testing::Gate;
using std::chrono::milliseconds;
using Outcome = Taken::Outcome;

TEST_CASE("jobs come back in the order in which they went, each place filled once, by any number of workers") {
  for (const std::size_t count : {0, 1, 2, 3, 8}) {
    Engine engine(count);
    CHECK(engine.threads() == count);
    std::vector<std::shared_ptr<FakeJob>> jobs;
    for (std::size_t i = 0; i < 40; ++i) {
      jobs.push_back(std::make_shared<FakeJob>(i % 7));
      engine.submit(jobs.back());
    }
    for (const auto& job : jobs) {
      const Taken taken = engine.take();
      REQUIRE(taken.outcome == Outcome::kJob);
      CHECK(taken.job == job);
      CHECK(job->exactly_once());
    }
    CHECK(engine.take().outcome == Outcome::kNothing);
  }
}

TEST_CASE("a job is complete once, after its last place, before it comes back") {
  for (const std::size_t count : {0, 1, 4}) {
    Engine engine(count);
    std::vector<std::shared_ptr<FakeJob>> jobs;
    for (std::size_t i = 0; i < 200; ++i) {
      jobs.push_back(std::make_shared<FakeJob>(1 + i % 9));
      if (i % 10 == 0) {
        engine.run(jobs.back());
      } else {
        engine.submit(jobs.back());
      }
    }
    for (std::size_t i = 0; i < 180; ++i) {
      const auto job = std::static_pointer_cast<FakeJob>(engine.take().job);
      CHECK(job->completions == 1);
    }
    for (const auto& job : jobs) CHECK((job->completions == 1 && job->complete_when_full));
  }
}

TEST_CASE("the time of every worker is in its job before it comes back") {
  Engine engine(4);
  for (int round = 0; round < 30; ++round) {
    engine.submit(std::make_shared<FakeJob>(8, [](std::size_t) { std::this_thread::sleep_for(milliseconds(1)); }));
    CHECK(engine.take().busy >= milliseconds(8));
  }
}

TEST_CASE("a job that is run goes between the places of one that is being filled") {
  Engine engine(1);
  Gate gate;
  std::vector<std::size_t> order;
  engine.submit(std::make_shared<FakeJob>(3, [&](std::size_t place) {
    if (place == 0) gate.wait();
    order.push_back(place);
  }));
  gate.await(1);
  std::thread open([&] {
    std::this_thread::sleep_for(milliseconds(20));
    gate.open();
  });
  engine.run(std::make_shared<FakeJob>(2, [&](std::size_t place) { order.push_back(10 + place); }));
  open.join();
  engine.take();
  CHECK(order == std::vector<std::size_t>{0, 10, 11, 1, 2});
}

TEST_CASE("every worker that rests is woken where there is work for all of them") {
  constexpr std::size_t kWorkers = 8;
  Engine engine(kWorkers);
  for (int round = 0; round < 20; ++round) {  // cold at first, warm from the second one on
    engine.submit(std::make_shared<FakeJob>(1));
    engine.take();
    std::this_thread::sleep_for(milliseconds(15));  // they rest
    Gate gate;
    const bool several = round % 2 == 0;
    for (std::size_t i = 0; i < (several ? kWorkers : 1); ++i) {
      engine.submit(std::make_shared<FakeJob>(several ? 1 : kWorkers, [&](std::size_t) { gate.wait(); }));
    }
    gate.await(kWorkers);
    gate.open();
    for (std::size_t i = 0; i < (several ? kWorkers : 1); ++i) engine.take();
  }
}

TEST_CASE("without order, the job that is full first comes first") {
  Engine engine(2);
  Gate gate;
  auto slow = std::make_shared<FakeJob>(1, [&](std::size_t) { gate.wait(); });
  auto quick = std::make_shared<FakeJob>(1);
  engine.submit(slow);
  engine.submit(quick);
  CHECK(engine.take(/*ordered=*/false).job == quick);
  gate.open();
  CHECK(engine.take(/*ordered=*/false).job == slow);
}

TEST_CASE("what a place throws is noted with the place, and the others are filled all the same") {
  for (const std::size_t count : {0, 2}) {
    Engine engine(count);
    engine.submit(std::make_shared<FakeJob>(5, [](std::size_t place) {
      if (place == 3) throw std::runtime_error("three");
      if (place == 1) throw 42;
    }));
    const Taken taken = engine.take();
    const auto errors = taken.job->errors();
    REQUIRE(errors.size() == 2);
    CHECK(errors[0].place == 1);
    CHECK_THROWS_AS(std::rethrow_exception(errors[0].error), int);
    CHECK(errors[1].place == 3);
    CHECK_THROWS_WITH(std::rethrow_exception(errors[1].error), "three");
    CHECK(static_cast<FakeJob&>(*taken.job).exactly_once());
  }
}

TEST_CASE("destroying and canceling drop what is not begun and wait for what is") {
  std::atomic<int> filled{0};
  auto work = [&](std::size_t) {
    std::this_thread::sleep_for(milliseconds(5));
    ++filled;
  };
  SECTION("destroyed") {
    {
      Engine engine(2);
      for (int i = 0; i < 1000; ++i) engine.submit(std::make_shared<FakeJob>(3, work));
    }
    CHECK(filled <= 4);
  }
  SECTION("canceled") {
    Engine engine(2);
    for (int i = 0; i < 1000; ++i) engine.submit(std::make_shared<FakeJob>(3, work));
    engine.cancel();
    CHECK(engine.take().outcome == Outcome::kNothing);
    engine.wait_idle();
    const int before = filled;
    CHECK(before <= 4);
    std::this_thread::sleep_for(milliseconds(15));
    CHECK(filled == before);
    engine.submit(std::make_shared<FakeJob>(2));
    CHECK(engine.take().outcome == Outcome::kJob);
  }
}

TEST_CASE("a canceled job is destroyed when its last place is done") {
  Engine engine(1);
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

TEST_CASE("a job that is run goes before all that are queued") {
  for (const std::size_t count : {0, 1}) {
    Engine engine(count);
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
    CHECK(engine.take().outcome == Outcome::kJob);
  }
}

TEST_CASE("where the system gives fewer threads, those that there are do the work") {
  for (const int granted : {0, 1, 3}) {
    Engine engine(8, {}, [granted, made = 0](std::function<void()> run) mutable {
      if (made++ == granted) throw std::system_error(EAGAIN, std::generic_category());
      return std::thread(std::move(run));
    });
    CHECK(engine.threads() == static_cast<std::size_t>(granted));
    auto job = std::make_shared<FakeJob>(20);
    engine.submit(job);
    CHECK(engine.take().job == job);
    CHECK(job->exactly_once());
  }
}

TEST_CASE("a child process is told that the threads are not there, and can still destroy the engine") {
  auto engine = std::make_unique<Engine>(2);
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
    refuses([&] { engine->take(); });
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
  CHECK(engine->take().outcome == Outcome::kJob);
}

TEST_CASE("each worker has a number of its own") {
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
  Engine engine(4);
  auto job = std::make_shared<Numbered>();
  engine.submit(job);
  engine.take();
  CHECK_FALSE(job->clash);
  CHECK(job->errors().empty());
}
