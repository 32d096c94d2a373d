#include <boxfeed/core/error.h>
#include <boxfeed/loader/detail/sources.h>

#include <algorithm>
#include <stdexcept>
#include <string>

namespace boxfeed::detail {
namespace {

using Indices = std::vector<std::size_t>;

class SeededSource : public Source {
 public:
  SeededSource(std::unique_ptr<samplers::SeededSampler> sampler, const FullDataLoaderOptions& options, Identity dataset,
               MakeJob<Indices> make_job)
      : sampler_(std::move(sampler)),
        batch_size_(options.batch_size),
        drop_last_(options.drop_last),
        identity_{{"seed", std::to_string(options.seed.value_or(sampler_->seed()))},
                  {"batch_size", std::to_string(batch_size_)},
                  {"num_replicas", std::to_string(sampler_->num_replicas())},
                  {"drop_last", drop_last_ ? "true" : "false"}},
        make_job_(std::move(make_job)) {
    sampler_->check_batch_size(batch_size_);
    identity_.insert(identity_.end(), dataset.begin(), dataset.end());
    identity_.emplace_back("sampler", sampler_->name());
  }

  Order order() const override { return Order::kSeeded; }
  void start(std::uint64_t epoch, std::size_t batch) override {
    epoch_ = epoch;
    batch_ = batch;
  }
  std::unique_ptr<Job> next() override { return batch_ < batches(epoch_) ? at(epoch_, batch_++) : nullptr; }

  std::unique_ptr<Job> at(std::uint64_t epoch, std::size_t batch) override {
    if (batch >= batches(epoch)) throw_no_such_batch(batch, batches(epoch));
    const Indices& order = order_of(epoch);
    const auto begin = order.begin() + static_cast<std::ptrdiff_t>(batch * batch_size_);
    const std::size_t count = std::min(batch_size_, order.size() - batch * batch_size_);
    return make_job_(Indices(begin, begin + static_cast<std::ptrdiff_t>(count)), epoch);
  }

  std::size_t batches(std::uint64_t epoch) override {
    const std::size_t examples = skipped(epoch) > 0 ? order_of(epoch).size() : sampler_->size();
    return examples / batch_size_ + (!drop_last_ && examples % batch_size_ > 0 ? 1 : 0);
  }
  std::optional<std::size_t> examples() const override { return sampler_->size(); }
  void skip(std::uint64_t epoch, std::size_t offset) override {
    if (skipped(epoch) == offset && (offset > 0 || offset_ == 0)) return;
    shortened_ = epoch;
    offset_ = offset;
    known_[0] = known_[1] = std::nullopt;
  }
  std::size_t skipped(std::uint64_t epoch) const override { return epoch == shortened_ ? offset_ : 0; }
  Identity identity() const override { return identity_; }

 private:
  const Indices& order_of(std::uint64_t epoch) {
    const std::size_t slot = epoch % 2;
    if (known_[slot] != epoch) {
      orders_[slot] = sampler_->order(epoch, skipped(epoch));
      known_[slot] = epoch;
    }
    return orders_[slot];
  }

  const std::unique_ptr<samplers::SeededSampler> sampler_;
  const std::size_t batch_size_;
  const bool drop_last_;
  Identity identity_;
  const MakeJob<Indices> make_job_;
  std::uint64_t epoch_ = 0;
  std::size_t batch_ = 0;
  /// The epoch that begins behind an offset.
  std::uint64_t shortened_ = 0;
  std::size_t offset_ = 0;
  /// The orders of an even and of an odd epoch: of the one that is delivered and the one that is loaded ahead.
  std::optional<std::uint64_t> known_[2];
  Indices orders_[2];
};

}  // namespace

std::unique_ptr<Source> seeded_source(std::unique_ptr<samplers::SeededSampler> sampler,
                                      const FullDataLoaderOptions& options, Identity dataset,
                                      MakeJob<Indices> make_job) {
  return std::make_unique<SeededSource>(std::move(sampler), options, std::move(dataset), std::move(make_job));
}

void throw_unknown_order() {
  throw Error(Reason::kUnsupported,
              "this needs an order that is known beforehand: use one of boxfeed::samplers, or set seed() where the "
              "sampler is made by make_data_loader");
}

void throw_no_such_batch(std::size_t batch, std::size_t batches) {
  throw std::out_of_range("batch " + std::to_string(batch) + ": the epoch has " + std::to_string(batches) +
                          (batches == 1 ? " batch" : " batches"));
}

void throw_stateful() {
  throw Error(
      Reason::kUnsupported,
      "a stateful dataset alone knows its batches: it has no number of them, no batch by number and no state of "
      "the loader's");
}

}  // namespace boxfeed::detail
