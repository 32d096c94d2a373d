#pragma once

#include <boxfeed/core/error.h>
#include <boxfeed/core/random.h>
#include <boxfeed/loader/detail/source.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace boxfeed::testing {

/// A batch of numbers: every place copies its index, or does what the test wants.
class NumberJob : public detail::Job {
 public:
  using Work = std::function<void(std::size_t index)>;

  NumberJob(std::vector<std::size_t> indices, const Work& work)
      : Job(indices.size()), indices_(std::move(indices)), values_(indices_.size(), -1), work_(work) {}

  std::size_t bytes() const override { return places() * 100; }
  void fill(std::size_t place, std::size_t) override {
    try {
      if (work_) work_(indices_[place]);
      values_[place] = static_cast<long>(indices_[place]);
    } catch (...) {
      fail({place, indices_[place], std::current_exception()});
    }
  }
  std::string name_of(std::size_t place) const override { return "example " + std::to_string(indices_[place]); }
  std::size_t examples() const override { return values().size(); }

  /// The values of the places that could be filled.
  std::vector<long> values() const {
    std::vector<long> kept;
    for (const long value : values_) {
      if (value >= 0) kept.push_back(value);
    }
    return kept;
  }

 private:
  std::vector<std::size_t> indices_;
  std::vector<long> values_;
  const Work& work_;
};

/// A source of numbers in an order that is a function of the seed and the epoch. Not seeded, it does the same but says
/// that it cannot be asked early.
class FakeSource : public detail::Source {
 public:
  struct Config {
    std::size_t examples = 10;
    std::size_t batch_size = 3;
    std::uint64_t seed = 0;
    bool seeded = true;
    /// True to say the end of an epoch by empty batches, as a dataset does that knows its batches alone.
    bool stateful = false;
    bool drop_last = false;
    NumberJob::Work work;
    std::function<void()> on_start;
    std::function<void()> on_next;
    std::function<void()> on_prepare;
  };

  explicit FakeSource(Config config) : config_(std::move(config)) {}

  void start(std::uint64_t epoch, std::size_t batch) override {
    if (config_.on_start) config_.on_start();
    epoch_ = epoch;
    batch_ = batch;
    ++starts;
  }
  std::unique_ptr<detail::Job> next() override {
    ++asked;
    if (config_.on_next) config_.on_next();
    if (batch_ < batches(epoch_)) return at(epoch_, batch_++);
    return config_.stateful ? std::make_unique<PreparedJob>(std::vector<std::size_t>{}, config_) : nullptr;
  }
  std::unique_ptr<detail::Job> at(std::uint64_t epoch, std::size_t batch) override {
    if (batch >= batches(epoch)) throw std::out_of_range("batch " + std::to_string(batch));
    const auto order = random_permutation(config_.examples, config_.seed, epoch);
    const auto begin = batch * config_.batch_size;
    const auto end = std::min(begin + config_.batch_size, order.size());
    return std::make_unique<PreparedJob>(
        std::vector<std::size_t>(order.begin() + static_cast<long>(begin), order.begin() + static_cast<long>(end)),
        config_);
  }
  std::size_t batches(std::uint64_t = 0) override {
    return (config_.examples + (config_.drop_last ? 0 : config_.batch_size - 1)) / config_.batch_size;
  }
  std::optional<std::size_t> examples() const override { return config_.examples; }
  detail::Order order() const override {
    if (config_.stateful) return detail::Order::kStateful;
    return config_.seeded ? detail::Order::kSeeded : detail::Order::kSampled;
  }
  detail::Identity identity() const override {
    return {{"batch_size", std::to_string(config_.batch_size)}, {"dataset", std::to_string(config_.examples)}};
  }

  int asked = 0;
  int starts = 0;

 private:
  struct PreparedJob : NumberJob {
    PreparedJob(std::vector<std::size_t> indices, const Config& config)
        : NumberJob(std::move(indices), config.work), config_(config) {}
    void prepare() override {
      if (config_.on_prepare) config_.on_prepare();
    }
    const Config& config_;
  };

  const Config config_;
  std::uint64_t epoch_ = 0;
  std::size_t batch_ = 0;
};

/// What a loader must deliver: batch `batch` of `epoch`, worked out without one.
inline std::vector<long> expected_batch(const FakeSource::Config& config, std::uint64_t epoch, std::size_t batch) {
  const auto order = random_permutation(config.examples, config.seed, epoch);
  std::vector<long> values;
  for (std::size_t i = batch * config.batch_size; i < std::min((batch + 1) * config.batch_size, order.size()); ++i) {
    values.push_back(static_cast<long>(order[i]));
  }
  return values;
}

}  // namespace boxfeed::testing
