// How long the caller of the engine waits, and what is begun meanwhile.
#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

#include "loader/engine_support.h"
#include "loader/fake_job.h"
#include "support/catch.h"

using namespace boxfeed;
using namespace boxfeed::detail;
using boxfeed::testing::FakeJob;
using boxfeed::testing::Gate;
using boxfeed::testing::workers;
using std::chrono::milliseconds;
using Outcome = Taken::Outcome;

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
  for (int round = 0; round < 50; ++round) {  // so that either worker comes first
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
      while (engine.ready() == 0) std::this_thread::sleep_for(milliseconds(1));
      std::this_thread::sleep_for(milliseconds(1));
      CHECK(started <= 10 + count);  // however late the caller takes it
      REQUIRE(engine.take({}).outcome == Outcome::kJob);
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
