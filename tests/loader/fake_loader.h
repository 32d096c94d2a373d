#pragma once

#include <boxfeed/loader/detail/loader_core.h>

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "loader/fake_source.h"
#include "support/error_of.h"

namespace boxfeed::testing {

using Batches = std::vector<std::vector<long>>;

inline FullDataLoaderOptions full_options(std::size_t workers, std::size_t prefetch = 3) {
  FullDataLoaderOptions options;
  options.workers = workers;
  options.prefetch = prefetch;
  options.max_jobs = 2 * workers;
  options.prefetch_next_epoch = true;
  return options;
}

inline FakeSource::Config numbers(std::size_t examples, std::size_t batch_size) {
  FakeSource::Config config;
  config.examples = examples;
  config.batch_size = batch_size;
  return config;
}

/// A core over a fake source, and the source itself.
struct FakeLoader {
  FakeLoader(FakeSource::Config config_, const FullDataLoaderOptions& options,
             std::function<void()> on_thread_start = {}, detail::LoaderCore::HoldWhileLoading hold = {})
      : config(std::move(config_)) {
    auto owned = std::make_unique<FakeSource>(config);
    source = owned.get();
    core = std::make_unique<detail::LoaderCore>(std::move(owned), options, std::move(on_thread_start), std::move(hold));
  }

  static std::vector<long> values(const std::shared_ptr<detail::Job>& job) {
    return static_cast<const NumberJob&>(*job).values();
  }
  /// All that is left of an iteration.
  Batches rest(std::uint64_t iteration) const {
    Batches batches;
    while (const auto job = core->next(iteration)) batches.push_back(values(job));
    return batches;
  }
  Batches epoch() const { return rest(core->begin()); }
  Batches expected(std::uint64_t epoch, std::size_t from = 0) const {
    Batches batches;
    for (std::size_t i = from; i < source->batches(); ++i) batches.push_back(expected_batch(config, epoch, i));
    return batches;
  }

  FakeSource::Config config;
  FakeSource* source;
  std::unique_ptr<detail::LoaderCore> core;
};

}  // namespace boxfeed::testing
