#pragma once

#include <boxfeed/loader/detail/dataset_source.h>

namespace boxfeed::detail {

/// Batches of a stateful dataset of LibTorch's kinds: the workers share it, it decides what is next, and says itself
/// when an epoch is over.
template <typename Dataset>
class StatefulSource : public JobSource {
 public:
  using Batch = typename Dataset::BatchType::value_type;
  using Request = typename Dataset::BatchRequestType;

  StatefulSource(Dataset dataset, std::size_t batch_size, bool in_worker)
      : batch_size_(batch_size), in_worker_(in_worker) {
    dataset_.push_back(std::make_unique<Dataset>(std::move(dataset)));
  }

  void start(std::uint64_t, std::size_t) override { dataset_.front()->reset(); }
  std::unique_ptr<Job> next() override {
    return std::make_unique<DatasetJob<Dataset, Request, Batch>>(dataset_, Request(batch_size_), ErrorPolicy::kThrow,
                                                                 in_worker_);
  }
  std::unique_ptr<Job> at(std::uint64_t, std::size_t) override { throw_no_order(); }
  std::size_t batches() override { throw_no_order(); }
  std::optional<std::size_t> examples() override { return std::nullopt; }
  bool is_seeded() const override { return false; }
  bool is_stateful() const override { return true; }
  Identity identity() const override { throw_no_order(); }

 private:
  [[noreturn]] static void throw_no_order() {
    throw Error(Reason::kUnsupported,
                "a stateful dataset alone knows its batches: it has no number of them, no batch by "
                "number and no state of the loader's");
  }

  const std::size_t batch_size_;
  const bool in_worker_;
  std::vector<std::unique_ptr<Dataset>> dataset_;
};

}  // namespace boxfeed::detail
