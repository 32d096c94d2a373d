#pragma once

#include <boxfeed/loader/detail/job_source.h>
#include <boxfeed/loader/detail/order.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace boxfeed::detail {

/// A source whose batches are the requests of an order.
template <typename Request>
class OrderedSource : public JobSource {
 public:
  /// `identity` is what must be the same besides the order.
  OrderedSource(std::unique_ptr<Order<Request>> order, Identity identity)
      : order_(std::move(order)), identity_(std::move(identity)) {}

  void start(std::uint64_t epoch, std::size_t batch) override {
    order_->start(epoch, batch);
    epoch_ = epoch;
  }
  std::unique_ptr<Job> next() override {
    auto request = order_->next();
    return request ? make(std::move(*request), epoch_) : nullptr;
  }
  std::unique_ptr<Job> at(std::uint64_t epoch, std::size_t batch) override {
    return make(order_->at(epoch, batch), epoch);
  }
  std::size_t batches() override { return order_->batches(); }
  std::optional<std::size_t> examples() override { return order_->examples(); }
  bool is_seeded() const override { return order_->is_seeded(); }
  Identity identity() const override {
    Identity all = identity_;
    all.emplace_back("sampler", order_->name());
    return all;
  }

 private:
  virtual std::unique_ptr<Job> make(Request request, std::uint64_t epoch) = 0;

  const std::unique_ptr<Order<Request>> order_;
  const Identity identity_;
  std::uint64_t epoch_ = 0;
};

}  // namespace boxfeed::detail
