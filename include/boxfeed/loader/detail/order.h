#pragma once

#include <boxfeed/core/error.h>
#include <boxfeed/data/seeded_sampler.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace boxfeed::detail {

/// The requests that the batches of an epoch are made of, in order. Asked in the caller's thread.
template <typename Request>
class Order {
 public:
  virtual ~Order() = default;
  virtual void start(std::uint64_t epoch, std::size_t batch) = 0;
  virtual std::optional<Request> next() = 0;
  /// Throws: `std::out_of_range`; `Error` with `kUnsupported`.
  virtual Request at(std::uint64_t epoch, std::size_t batch) = 0;
  virtual std::size_t batches() = 0;
  virtual std::optional<std::size_t> examples() = 0;
  virtual bool is_seeded() const = 0;
  virtual std::uint64_t seed() const { return 0; }
  /// Throws: `Error` with `kUnsupported` where the order is not a function of a seed.
  virtual std::string name() const = 0;
};

/// The order of a sampler that computes it from its seed and the epoch.
class SeededOrder : public Order<std::vector<std::size_t>> {
 public:
  SeededOrder(std::unique_ptr<samplers::SeededSampler> sampler, std::size_t batch_size, bool drop_last);

  void start(std::uint64_t epoch, std::size_t batch) override;
  std::optional<std::vector<std::size_t>> next() override;
  std::vector<std::size_t> at(std::uint64_t epoch, std::size_t batch) override;
  std::size_t batches() override;
  std::optional<std::size_t> examples() override;
  bool is_seeded() const override { return true; }
  std::uint64_t seed() const override { return sampler_->seed(); }
  std::string name() const override { return sampler_->name(); }

 private:
  const std::vector<std::size_t>& order_of(std::uint64_t epoch);

  const std::unique_ptr<samplers::SeededSampler> sampler_;
  const std::size_t batch_size_;
  const bool drop_last_;
  std::uint64_t epoch_ = 0;
  std::size_t batch_ = 0;
  /// The orders of an even and of an odd epoch: of the one that is delivered and the one that is loaded ahead.
  std::optional<std::uint64_t> known_[2];
  std::vector<std::size_t> orders_[2];
};

[[noreturn]] void throw_unknown_order();
[[noreturn]] void throw_no_such_batch(std::size_t batch, std::size_t batches);

/// The order of any sampler: it is asked when LibTorch's loader would ask it, and what it said is remembered. What it
/// will say is asked of a copy.
template <typename Sampler>
class SamplerOrder : public Order<typename Sampler::BatchRequestType> {
 public:
  using Request = typename Sampler::BatchRequestType;

  SamplerOrder(Sampler sampler, std::size_t batch_size, bool drop_last)
      : sampler_(std::move(sampler)), batch_size_(batch_size), drop_last_(drop_last) {}

  void start(std::uint64_t, std::size_t) override {
    asked_.clear();
    total_.reset();
    sampler_.reset();
  }

  std::optional<Request> next() override {
    std::optional<Request> request = ask(sampler_);
    if constexpr (kCopies) {
      if (request) asked_.push_back(*request);
    }
    return request;
  }

  Request at(std::uint64_t, std::size_t batch) override {
    if constexpr (kCopies) {
      if (batch < asked_.size()) return asked_[batch];
      Sampler ahead = sampler_;
      for (std::size_t i = asked_.size();; ++i) {
        std::optional<Request> request = ask(ahead);
        if (!request) throw_no_such_batch(batch, i);
        if (i == batch) return std::move(*request);
      }
    } else {
      throw_unknown_order();
    }
  }

  std::size_t batches() override {
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

  std::optional<std::size_t> examples() override { return std::nullopt; }
  bool is_seeded() const override { return false; }
  std::string name() const override { throw_unknown_order(); }

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
  std::vector<Request> asked_;
  std::optional<std::size_t> total_;
};

}  // namespace boxfeed::detail
