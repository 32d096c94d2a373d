#include <boxfeed/loader/detail/order.h>

#include <algorithm>

namespace boxfeed::detail {

void throw_unknown_order() {
  throw Error(Reason::kUnsupported,
              "this needs an order that is known beforehand: use one of boxfeed::samplers, or set seed() where the "
              "sampler is made by make_data_loader");
}

void throw_no_such_batch(std::size_t batch, std::size_t batches) {
  throw std::out_of_range("batch " + std::to_string(batch) + ": the epoch has " + std::to_string(batches) +
                          (batches == 1 ? " batch" : " batches"));
}

SeededOrder::SeededOrder(std::unique_ptr<samplers::SeededSampler> sampler, std::size_t batch_size, bool drop_last)
    : sampler_(std::move(sampler)), batch_size_(batch_size), drop_last_(drop_last) {}

const std::vector<std::size_t>& SeededOrder::order_of(std::uint64_t epoch) {
  const std::size_t slot = epoch % 2;
  if (known_[slot] != epoch) {
    orders_[slot] = sampler_->order(epoch);
    known_[slot] = epoch;
  }
  return orders_[slot];
}

void SeededOrder::start(std::uint64_t epoch, std::size_t batch) {
  epoch_ = epoch;
  batch_ = batch;
}

std::optional<std::vector<std::size_t>> SeededOrder::next() {
  if (batch_ >= batches()) return std::nullopt;
  return at(epoch_, batch_++);
}

std::vector<std::size_t> SeededOrder::at(std::uint64_t epoch, std::size_t batch) {
  if (batch >= batches()) throw_no_such_batch(batch, batches());
  const auto& order = order_of(epoch);
  const auto begin = order.begin() + static_cast<std::ptrdiff_t>(batch * batch_size_);
  const std::size_t count = std::min(batch_size_, order.size() - batch * batch_size_);
  return {begin, begin + static_cast<std::ptrdiff_t>(count)};
}

std::size_t SeededOrder::batches() { return (sampler_->size() + (drop_last_ ? 0 : batch_size_ - 1)) / batch_size_; }

std::optional<std::size_t> SeededOrder::examples() { return sampler_->size(); }

}  // namespace boxfeed::detail
