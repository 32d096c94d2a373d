#pragma once

#include <boxfeed/data/samplers.h>
#include <boxfeed/loader/detail/source.h>
#include <boxfeed/loader/full_data_loader_options.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

namespace boxfeed::detail {

/// Makes the job that a request of an epoch asks for.
template <typename Request>
using MakeJob = std::function<std::unique_ptr<Job>(Request request, std::uint64_t epoch)>;

/// The batches in the order of a sampler that computes it from its seed and the epoch. `dataset` is what must be the
/// same of the dataset where a state is loaded.
std::unique_ptr<Source> seeded_source(std::unique_ptr<samplers::SeededSampler> sampler,
                                      const FullDataLoaderOptions& options, Identity dataset,
                                      MakeJob<std::vector<std::size_t>> make_job);

[[noreturn]] void throw_unknown_order();
[[noreturn]] void throw_no_such_batch(std::size_t batch, std::size_t batches);
[[noreturn]] void throw_stateful();

/// The batches in the order of any sampler: it is asked when LibTorch's loader would ask it, and what it said is
/// remembered. What it will say is asked of a copy.
template <typename Sampler, typename Request = typename Sampler::BatchRequestType>
class SampledSource : public Source {
 public:
  SampledSource(Sampler sampler, const FullDataLoaderOptions& options, MakeJob<Request> make_job)
      : sampler_(std::move(sampler)),
        batch_size_(options.batch_size),
        drop_last_(options.drop_last),
        make_job_(std::move(make_job)) {}

  Order order() const override { return Order::kSampled; }

  void start(std::uint64_t epoch, std::size_t) override {
    epoch_ = epoch;
    asked_.clear();
    total_.reset();
    sampler_.reset();
  }

  std::unique_ptr<Job> next() override {
    std::optional<Request> request = ask(sampler_);
    if (!request) return nullptr;
    if constexpr (kCopies) asked_.push_back(*request);
    return make_job_(std::move(*request), epoch_);
  }

  std::unique_ptr<Job> at(std::uint64_t epoch, std::size_t batch) override {
    if constexpr (kCopies) {
      if (batch < asked_.size()) return make_job_(asked_[batch], epoch);
      Sampler ahead = sampler_;
      for (std::size_t i = asked_.size();; ++i) {
        std::optional<Request> request = ask(ahead);
        if (!request) throw_no_such_batch(batch, i);
        if (i == batch) return make_job_(std::move(*request), epoch);
      }
    } else {
      throw_unknown_order();
    }
  }

  std::size_t batches(std::uint64_t) override {
    if constexpr (kCopies) {
      if (!total_) {
        std::size_t count = asked_.size();
        Sampler ahead = sampler_;
        while (ask(ahead)) {
          if (++count > kEndless) throw_unknown_order();
        }
        total_ = count;
      }
      return *total_;
    } else {
      throw_unknown_order();
    }
  }

  Identity identity() const override { throw_unknown_order(); }

 private:
  static constexpr bool kCopies = std::is_copy_constructible_v<Sampler> && std::is_copy_constructible_v<Request>;
  static constexpr std::size_t kEndless = std::size_t{1} << 24;

  std::optional<Request> ask(Sampler& sampler) const {
    auto request = sampler.next(batch_size_);
    if (!request || (request->size() < batch_size_ && drop_last_)) return std::nullopt;
    if (request->size() == 0) throw std::logic_error("the sampler asked for a batch of no examples");
    return std::optional<Request>(std::move(*request));
  }

  Sampler sampler_;
  const std::size_t batch_size_;
  const bool drop_last_;
  const MakeJob<Request> make_job_;
  std::uint64_t epoch_ = 0;
  std::vector<Request> asked_;
  std::optional<std::size_t> total_;
};

/// The same request again and again, of a dataset that decides itself what is next.
template <typename Request>
class StatefulSource : public Source {
 public:
  StatefulSource(Request request, std::function<void()> reset, MakeJob<Request> make_job)
      : request_(std::move(request)), reset_(std::move(reset)), make_job_(std::move(make_job)) {}

  Order order() const override { return Order::kStateful; }
  void start(std::uint64_t, std::size_t) override { reset_(); }
  std::unique_ptr<Job> next() override { return make_job_(request_, 0); }
  std::unique_ptr<Job> at(std::uint64_t, std::size_t) override { throw_stateful(); }
  std::size_t batches(std::uint64_t) override { throw_stateful(); }
  Identity identity() const override { throw_stateful(); }

 private:
  const Request request_;
  const std::function<void()> reset_;
  const MakeJob<Request> make_job_;
};

}  // namespace boxfeed::detail
