#pragma once

#include <boxfeed/core/random.h>
#include <boxfeed/loader/detail/batch_job.h>
#include <boxfeed/loader/error_policy.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace boxfeed::detail {

/// What LibTorch's loader throws for `error`: as it is in the caller's thread, a `torch::data::WorkerException` from a
/// worker's.
std::exception_ptr as_libtorch_throws(const std::exception_ptr& error, bool in_worker);

/// One dataset for each worker, or a single one that all share.
template <typename Dataset>
using Datasets = std::vector<std::unique_ptr<Dataset>>;

/// What the workers of a stateless dataset of LibTorch's kinds load from. LibTorch's rule holds: each has a copy of its
/// own, because `get` may change it, and the original is not used; a dataset that cannot be copied has one worker.
template <typename Dataset>
Datasets<Dataset> copies_for_workers(Dataset dataset, std::size_t workers) {
  Datasets<Dataset> datasets;
  if constexpr (std::is_copy_constructible_v<Dataset>) {
    while (datasets.size() < workers) datasets.push_back(std::make_unique<Dataset>(std::as_const(dataset)));
  } else if (workers > 1) {
    throw std::invalid_argument("workers: a dataset that cannot be copied has at most 1, got " +
                                std::to_string(workers));
  }
  if (datasets.empty()) datasets.push_back(std::make_unique<Dataset>(std::move(dataset)));
  return datasets;
}

/// A batch that a dataset of LibTorch's kinds makes as a whole, in one worker.
template <typename Dataset, typename Request, typename Batch>
class DatasetJob : public BatchJob<Batch> {
 public:
  DatasetJob(const Datasets<Dataset>& datasets, Request request, ErrorPolicy policy, bool in_worker,
             std::shared_ptr<DeviceStream> device)
      : BatchJob<Batch>(1, std::move(device)),
        datasets_(datasets),
        request_(std::move(request)),
        policy_(policy),
        in_worker_(in_worker) {}

  void fill(std::size_t, std::size_t worker) override {
    Dataset& dataset = *datasets_[datasets_.size() == 1 ? 0 : worker];
    try {
      get(dataset);
      return;
    } catch (...) {
      if (policy_ == ErrorPolicy::kThrow || !kIndices) {
        this->fail({0, std::nullopt, std::current_exception()});
        return;
      }
    }
    if constexpr (kIndices) get_without_bad(dataset);
  }

  std::string name_of(std::size_t) const override {
    if constexpr (kIndices) {
      return "a batch of " + std::to_string(request_.size()) + " beginning with example " +
             std::to_string(request_.front());
    } else {
      return "a batch";
    }
  }

  std::size_t examples() const override { return batch_ ? count_ : 0; }
  std::exception_ptr surfaced(const std::exception_ptr& error) const override {
    return as_libtorch_throws(error, in_worker_);
  }

 private:
  Batch finish() override { return std::move(*batch_); }

  static constexpr bool kIndices = std::is_same_v<Request, std::vector<std::size_t>>;

  void get(Dataset& dataset) {
    if constexpr (std::is_arithmetic_v<Request>) {
      count_ = static_cast<std::size_t>(request_);
    } else {
      count_ = request_.size();
    }
    if constexpr (kIndices) {
      keep(dataset.get_batch(request_));
    } else {
      keep(dataset.get_batch(std::move(request_)));
    }
  }

  template <typename Result>
  void keep(Result&& result) {
    if constexpr (Dataset::is_stateful) {
      if (result) batch_.emplace(std::move(*result));
    } else {
      batch_.emplace(std::forward<Result>(result));
    }
  }

  /// Finds the examples that cannot be had, by asking for each alone, and gets the batch of the others.
  void get_without_bad(Dataset& dataset) {
    std::vector<std::size_t> good;
    for (std::size_t place = 0; place < request_.size(); ++place) {
      try {
        const std::vector<std::size_t> alone{request_[place]};
        static_cast<void>(dataset.get_batch(alone));
        good.push_back(request_[place]);
      } catch (...) {
        this->fail({place, request_[place], std::current_exception()});
      }
    }
    if (policy_ == ErrorPolicy::kReplace && !good.empty()) {
      Random random(0, 0, request_.front());
      for (std::size_t n = good.size(); good.size() < request_.size();) good.push_back(good[random.below(n)]);
    }
    request_ = std::move(good);
    if (request_.empty()) return;
    try {
      get(dataset);
    } catch (...) {
      this->fail({0, std::nullopt, std::current_exception()});
    }
  }

  const Datasets<Dataset>& datasets_;
  Request request_;
  const ErrorPolicy policy_;
  const bool in_worker_;
  std::size_t count_ = 0;
  std::optional<Batch> batch_;
};

}  // namespace boxfeed::detail
