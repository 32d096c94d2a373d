// How long the caller of the engine waits, and what is begun meanwhile.
#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

#include "loader/engine.h"
#include "loader/fake_job.h"
#include "loader/gate.h"
#include "support/catch.h"

using namespace boxfeed;
using namespace boxfeed::detail;
using boxfeed::testing::FakeJob;
using boxfeed::testing::Gate;
using std::chrono::milliseconds;
using Outcome = Taken::Outcome;

TEST_CASE("a timeout names what is slow, and the job can still be had") {
  Engine engine(2);
  Gate gate;
  auto job = std::make_shared<FakeJob>(3, [&](std::size_t place) {
    if (place == 1) gate.wait();
  });
  engine.submit(job);
  gate.await(1);
  const Taken late = engine.take(true, milliseconds(5));
  CHECK(late.outcome == Outcome::kTimeout);
  CHECK(late.slowest.rfind("place 1 has been loading for ", 0) == 0);
  gate.open();
  CHECK(engine.take().job == job);
}

TEST_CASE("a timeout names a place of the job that is waited for, before those of later ones") {
  for (int round = 0; round < 50; ++round) {  // so that either worker comes first
    Engine engine(2);
    Gate gate;
    engine.submit(std::make_shared<FakeJob>(1, [&](std::size_t) { gate.wait(); }));
    engine.submit(std::make_shared<FakeJob>(2, [&](std::size_t place) {
      if (place == 1) gate.wait();
    }));
    gate.await(2);
    CHECK(engine.take(true, milliseconds(1)).slowest.rfind("place 0 has", 0) == 0);
    gate.open();
  }
}

TEST_CASE("of two places of one job, a timeout names the one that was begun first") {
  Engine engine(2);
  Gate first;
  Gate both;
  engine.submit(std::make_shared<FakeJob>(2, [&](std::size_t place) {
    if (place == 0) first.wait();
    both.wait();
  }));
  both.await(1);  // place 1, by the second worker
  first.open();
  both.await(2);
  CHECK(engine.take(true, milliseconds(1)).slowest.rfind("place 0 has", 0) == 0);
  both.open();
}

TEST_CASE("a timeout when nothing is being filled says so") {
  Gate gate;
  Engine engine(1, [&] { gate.wait(); });
  engine.submit(std::make_shared<FakeJob>(1));
  CHECK(engine.take(true, milliseconds(1)).slowest == "no example has been begun");
  gate.open();
}

TEST_CASE("a stop flag ends waiting") {
  Engine engine(1);
  Gate gate;
  engine.submit(std::make_shared<FakeJob>(1, [&](std::size_t) { gate.wait(); }));
  std::atomic<bool> stop{false};
  std::thread signal([&] {
    gate.await(1);
    stop = true;
  });
  CHECK(engine.take(true, {}, &stop).outcome == Outcome::kStopped);
  signal.join();
  gate.open();
}

TEST_CASE("when the first job of a cold start comes, its places and one more a worker were started at most") {
  for (const std::size_t count : {1, 2, 4, 8}) {
    for (int round = 0; round < 20; ++round) {
      Engine engine(count);
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
      REQUIRE(engine.take().outcome == Outcome::kJob);
      for (int i = 1; i < 50; ++i) REQUIRE(engine.take().outcome == Outcome::kJob);
      CHECK(started == 500);
    }
  }
}

TEST_CASE("a restart is a cold start again") {
  constexpr std::size_t kWorkers = 3;
  Engine engine(kWorkers);
  for (int epoch = 0; epoch < 10; ++epoch) {
    engine.restart();
    std::atomic<std::size_t> started{0};
    for (int i = 0; i < 20; ++i) {
      engine.submit(std::make_shared<FakeJob>(5, [&, i](std::size_t place) {
        ++started;
        if (i == 0 && place == 4) std::this_thread::sleep_for(milliseconds(2));
      }));
    }
    while (engine.ready() == 0) std::this_thread::sleep_for(milliseconds(1));
    std::this_thread::sleep_for(milliseconds(1));
    CHECK(started <= 5 + kWorkers);
    for (int i = 0; i < 20; ++i) REQUIRE(engine.take().outcome == Outcome::kJob);
    CHECK(started == 100);
  }
}

TEST_CASE("workers that a cold start holds back are woken when its first job is taken") {
  Engine engine(2);
  std::atomic<std::size_t> started{0};
  for (int i = 0; i < 5; ++i) engine.submit(std::make_shared<FakeJob>(10, [&](std::size_t) { ++started; }));
  for (int i = 0; i < 500 && started < 12; ++i) std::this_thread::sleep_for(milliseconds(10));
  std::this_thread::sleep_for(milliseconds(20));
  CHECK(started == 12);  // ten, and one more a worker
  REQUIRE(engine.take().outcome == Outcome::kJob);
  for (int i = 0; i < 500 && started < 50; ++i) std::this_thread::sleep_for(milliseconds(10));
  CHECK(started == 50);
}

TEST_CASE("a caller that comes back at once wakes the workers that a cold start holds back") {
  Engine engine(2);
  std::atomic<std::size_t> started{0};
  for (int i = 0; i < 3; ++i) engine.submit(std::make_shared<FakeJob>(4, [&](std::size_t) { ++started; }));
  for (int i = 0; i < 500 && started < 6; ++i) std::this_thread::sleep_for(milliseconds(10));
  for (int i = 0; i < 3; ++i) CHECK(engine.take().outcome == Outcome::kJob);
  CHECK(started == 12);
}

TEST_CASE("after the first job the workers go on by themselves, while the caller is elsewhere") {
  Engine engine(2);
  std::atomic<std::size_t> started{0};
  for (int i = 0; i < 5; ++i) engine.submit(std::make_shared<FakeJob>(10, [&](std::size_t) { ++started; }));
  REQUIRE(engine.take().outcome == Outcome::kJob);
  for (int i = 0; i < 500 && started < 50; ++i) std::this_thread::sleep_for(milliseconds(10));
  CHECK(started == 50);
  for (int i = 0; i < 500 && engine.ready() < 4; ++i) std::this_thread::sleep_for(milliseconds(10));
  CHECK(engine.ready() == 4);
}
