// What the engine and the whole loader cost an example, with a function that does nothing or sleeps as long as a
// decoder would take. Usage: engine_bench BATCH MICROSECONDS WORKERS…
#include <boxfeed/data/row_batch_builder.h>
#include <boxfeed/loader/make_data_loader.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>

#include "loader/engine.h"

namespace {

using Clock = std::chrono::steady_clock;

void work(int microseconds) {
  if (microseconds > 0) std::this_thread::sleep_for(std::chrono::microseconds(microseconds));
}

class SleepingJob : public boxfeed::detail::Job {
 public:
  SleepingJob(std::size_t places, int microseconds) : Job(places), microseconds_(microseconds) {}
  void fill(std::size_t, std::size_t) override { work(microseconds_); }
  std::string name_of(std::size_t place) const override { return std::to_string(place); }
  std::size_t examples() const override { return places(); }

 private:
  const int microseconds_;
};

struct SleepingDataset {
  std::size_t examples;
  int microseconds;

  torch::optional<std::size_t> size() const { return examples; }
  std::unique_ptr<boxfeed::RowBatchBuilder> make_batch_builder() const {
    return std::make_unique<boxfeed::RowBatchBuilder>(
        boxfeed::RowSpec{{1}}, boxfeed::RowSpec{{1}},
        [this](const boxfeed::ExampleKey&, void*, void*, boxfeed::StageTimes&) { work(microseconds); });
  }
};

/// Examples a second, and what of the CPUs each takes.
template <typename Run>
void measure(const char* what, std::size_t examples, Run run) {
  const auto cpu = [] {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
      return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
    };
    return std::pair{seconds(usage.ru_utime) + seconds(usage.ru_stime), static_cast<double>(usage.ru_nvcsw)};
  };
  const auto [cpu_before, switches_before] = cpu();
  const auto begin = Clock::now();
  run();
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  const auto [cpu_after, switches_after] = cpu();
  const auto n = static_cast<double>(examples);
  std::printf("  %s %10.0f /s %7.3f us CPU %7.4f sleeps", what, n / seconds, 1e6 * (cpu_after - cpu_before) / n,
              (switches_after - switches_before) / n);
}

void run_engine(std::size_t workers, std::size_t jobs, std::size_t batch, int microseconds) {
  boxfeed::detail::Engine engine(workers);
  const auto submit = [&] { engine.submit(std::make_shared<SleepingJob>(batch, microseconds)); };
  std::size_t submitted = 0;
  for (; submitted < std::min(jobs, 2 + (workers + batch - 1) / batch); ++submitted) submit();
  for (std::size_t taken = 0; taken < jobs; ++taken) {
    engine.take();
    if (submitted < jobs) ++submitted, submit();
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return std::fprintf(stderr, "usage: engine_bench BATCH MICROSECONDS WORKERS…\n"), 2;
  const auto batch = static_cast<std::size_t>(std::atoi(argv[1]));
  const int microseconds = std::atoi(argv[2]);
  std::printf("an example, in batches of %zu, with a function that takes %d us\n", batch, microseconds);
  for (int i = 3; i < argc; ++i) {
    const auto workers = static_cast<std::size_t>(std::atoi(argv[i]));
    const std::size_t sleeping =
        std::max<std::size_t>(workers, 1) * 1'000'000 / static_cast<std::size_t>(std::max(microseconds, 1));
    const std::size_t jobs = std::max<std::size_t>(1, (microseconds > 0 ? sleeping : 2'000'000) / batch);
    std::printf("%3zu workers", workers);
    measure("engine", jobs * batch, [&] { run_engine(workers, jobs, batch, microseconds); });
    auto loader = boxfeed::make_data_loader<boxfeed::samplers::SequentialSampler>(
        SleepingDataset{jobs * batch, microseconds},
        boxfeed::DataLoaderOptions(batch).workers(workers).prefetch_next_epoch(false));
    measure("loader", jobs * batch, [&] {
      for (auto& ready : *loader) static_cast<void>(ready);
    });
    std::printf("\n");
  }
}
