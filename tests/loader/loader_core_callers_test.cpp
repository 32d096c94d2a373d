// Who may call the loader, and when.
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "loader/fake_loader.h"
#include "support/catch.h"
#include "support/process.h"

using namespace boxfeed;
using namespace boxfeed::testing;
using Catch::Matchers::ContainsSubstring;
using Loader = FakeLoader;

TEST_CASE("a second iteration ends the first") {
  Loader loader(numbers(10, 2), full_options(2));
  const auto first = loader.core->begin();
  const auto held = loader.core->next(first);
  const auto second = loader.core->begin();
  const Error error = error_of([&] { loader.core->next(first); });
  CHECK(error.reason() == Reason::kBusy);
  loader.core->abandon(first);  // does nothing to the second
  CHECK(loader.rest(second) == loader.expected(1));
  loader.core->abandon(second);  // it has ended by itself
  CHECK(loader.epoch() == loader.expected(2));
  CHECK(Loader::values(held) == expected_batch(loader.config, 0, 0));
}

TEST_CASE("entering the loader from what it calls, or from another thread, is an error and no dead-lock") {
  Loader* self = nullptr;
  std::atomic<int> busy{0};
  auto config = numbers(6, 2);
  const auto enter = [&] {
    try {
      self->core->stats();
    } catch (const Error& error) {
      if (error.reason() == Reason::kBusy) ++busy;
      throw;
    }
  };
  SECTION("the dataset, in the caller's thread") {
    config.work = [&](std::size_t) { enter(); };
    Loader loader(config, full_options(0));
    self = &loader;
    const auto iteration = loader.core->begin();
    CHECK_THROWS_AS(loader.core->next(iteration), Error);
    CHECK(busy == 2);
  }
  SECTION("the sampler") {
    config.on_next = enter;
    Loader loader(config, full_options(0));
    self = &loader;
    const auto iteration = loader.core->begin();
    CHECK_THROWS_AS(loader.core->next(iteration), Error);
    CHECK(busy == 1);
  }
  SECTION("a hook may") {
    Loader loader(config, full_options(2));
    std::uint64_t inner = 0;
    std::string state;
    loader.core->on_epoch_end([&](std::uint64_t epoch) {
      CHECK(epoch == 0);
      state = loader.core->state();
      inner = loader.core->begin();
    });
    CHECK(loader.epoch().size() == 3);
    CHECK_THAT(state, ContainsSubstring("\"epoch\":1,\"batch\":0"));
    CHECK(Loader::values(loader.core->next(inner)) == expected_batch(config, 1, 0));
  }
}

TEST_CASE("no threads but the workers, however often it is begun and left") {
  std::thread([] {}).join();  // with the first thread ThreadSanitizer starts one of its own
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  const std::size_t before = threads_of_process();
  Loader loader(numbers(50, 2), full_options(4));
  CHECK(threads_of_process() == before);  // the threads come with the first use
  for (int i = 0; i < 200; ++i) loader.core->next(loader.core->begin());
  CHECK(threads_of_process() == before + 4);
  loader.core->join();
  CHECK(threads_become(before));
  CHECK(loader.epoch().size() == 25);
}

TEST_CASE("a child process is refused, and may destroy its copy") {
  Loader loader(numbers(50, 2), full_options(2));
  const auto iteration = loader.core->begin();
  loader.core->next(iteration);
  const pid_t child = ::fork();
  if (child == 0) {
    int refused = 0;
    for (const auto& call : std::vector<std::function<void()>>{
             [&] { loader.core->next(iteration); }, [&] { loader.core->at(0); }, [&] { loader.core->begin(); }}) {
      try {
        call();
      } catch (const Error& error) {
        if (error.reason() == Reason::kForked) ++refused;
      }
    }
    loader.core->abandon(iteration);
    loader.core.reset();
    ::_exit(refused);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 3);
  CHECK(loader.rest(iteration) == loader.expected(0, 1));
}
