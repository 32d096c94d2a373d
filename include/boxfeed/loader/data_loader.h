#pragma once

#include <boxfeed/core/error.h>
#include <boxfeed/loader/detail/batch_job.h>
#include <boxfeed/loader/detail/loader_core.h>
#include <boxfeed/loader/error_policy.h>
#include <boxfeed/loader/full_data_loader_options.h>
#include <boxfeed/loader/loader_stats.h>
#include <torch/data/example.h>
#include <torch/data/iterator.h>
#include <torch/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace boxfeed {

template <typename Batch = torch::data::Example<>>
struct DataLoaderPointer;
namespace detail {
template <typename Batch>
DataLoaderPointer<Batch> make_loader(std::unique_ptr<Source> source, const FullDataLoaderOptions& options);
}  // namespace detail

/// Batches of a dataset, loaded ahead by threads. Made by `make_data_loader`; a loop over it is an epoch.
///
/// ```cpp
/// auto loader = boxfeed::make_data_loader(dataset, boxfeed::DataLoaderOptions(20).seed(7));
/// for (int epoch = 0; epoch < 10; ++epoch) {
///   for (auto& batch : *loader) train(batch.data, batch.target);
/// }
/// ```
///
/// A loop may be left at any time; the next one begins the next epoch. A second `begin` ends the first iterator, which
/// then throws `Error` with `kBusy` when it is advanced. After an error an iterator can be advanced: the next batch
/// comes. With workers, an exception in a dataset of LibTorch's kinds (without `make_batch_builder`) arrives as a
/// `torch::data::WorkerException`, as from LibTorch's loader, and not as what the dataset threw.
///
/// Thread safety: one thread at a time, `request_stop` excepted; otherwise, and where the dataset, the sampler or a
/// transform calls the loader that called it, `Error` with `kBusy`. In a forked child process, `Error` with `kForked`.
template <typename Batch = torch::data::Example<>>
class DataLoader {
 public:
  using BatchType = Batch;
  using Iterator = torch::data::Iterator<Batch>;

  DataLoader(const DataLoader&) = delete;
  DataLoader& operator=(const DataLoader&) = delete;

  /// Begins an epoch: the first, the one after the last, or the one that was asked for.
  Iterator begin() {
    const auto iteration = std::make_shared<Iteration>(core_, core_->begin());
    return Iterator(
        std::make_unique<torch::data::detail::ValidIterator<Batch>>([iteration] { return iteration->next(); }));
  }
  Iterator end() { return Iterator(std::make_unique<torch::data::detail::SentinelIterator<Batch>>()); }

  /// The number of batches in an epoch. Throws: `Error` with `kUnsupported` where it cannot be known.
  std::size_t size() const { return core_->batches(); }
  /// Batch number `index` of the current epoch, whatever is being iterated: of the epoch begun last, or of the one that
  /// the next loop begins with, where there was none yet or it was set.
  /// Throws: `std::out_of_range`; `Error` with `kUnsupported`; what loading it throws.
  Batch operator[](std::size_t index) { return batch_of(core_->at(index)); }
  /// Batches `begin` to `end` - 1 of the current epoch. Throws: as the operator.
  std::vector<Batch> slice(std::size_t begin, std::size_t end) {
    std::vector<Batch> batches;
    for (std::size_t i = begin; i < end; ++i) batches.push_back((*this)[i]);
    return batches;
  }

  /// The epoch begun last, or the one that the next loop begins with where that was set.
  std::uint64_t epoch() const { return core_->epoch(); }
  /// Makes the next loop begin with this epoch.
  void set_epoch(std::uint64_t epoch) { core_->set_epoch(epoch); }
  /// Has `hook` called at the end of every epoch that is not left early. It may use the loader.
  void on_epoch_end(std::function<void(std::uint64_t epoch)> hook) { core_->on_epoch_end(std::move(hook)); }

  /// Where the loader stands, as JSON of less than 1 KiB: after the batches that were delivered; after the last one of
  /// an epoch, at the beginning of the next.
  /// Throws: `Error` with `kUnsupported` where the order is not a function of a seed, or not kept.
  std::string state() const { return core_->state(); }
  /// Makes the next loop go on where `state` was taken: the rest of that epoch, then the next ones, with any number of
  /// workers. The loader must be made as that one was: dataset, sampler, seed, batch size and `drop_last`.
  ///
  /// Ranks that share an epoch by `samplers::DistributedSampler` all have the same state, and another number of ranks
  /// can go on with it, where either the batch of each or the batch of all together is what it was.
  ///
  /// ```cpp
  /// const std::string state = loader->state();  // in the middle of an epoch; to be kept in a file
  /// loader->load_state(state);                  // perhaps in another process
  /// for (auto& batch : *loader) train(batch);   // from the next batch on
  /// ```
  ///
  /// Throws: `Error` that says what differs, with `kDatasetChanged`, `kBadState` or `kFormatVersion`.
  void load_state(const std::string& state) { core_->load_state(state); }

  /// Everything that could not be loaded, in the order of its batches; at most 10 000 of it.
  const std::vector<LoadError>& errors() const { return core_->errors(); }
  LoaderStats stats() const { return core_->stats(); }
  void reset_stats() { core_->reset_stats(); }
  /// What the statistics mean, in one sentence.
  std::string verdict() const { return boxfeed::verdict(stats()); }

  /// Ends the loop under way, and all to come, at the next batch. May be called in a signal handler.
  void request_stop() noexcept { core_->request_stop(); }
  bool stop_requested() const noexcept { return core_->stop_requested(); }

  /// Ends the threads. The next use makes new ones.
  void join() { core_->join(); }
  const FullDataLoaderOptions& options() const noexcept { return core_->options(); }

 private:
  friend DataLoaderPointer<Batch> detail::make_loader<Batch>(std::unique_ptr<detail::Source> source,
                                                             const FullDataLoaderOptions& options);
  explicit DataLoader(std::shared_ptr<detail::LoaderCore> core) : core_(std::move(core)) {}

  static Batch batch_of(const std::shared_ptr<detail::Job>& job) {
    return static_cast<detail::BatchJob<Batch>&>(*job).deliver();
  }

  /// One loop over the loader; it is over when the last iterator of it is gone.
  class Iteration {
   public:
    Iteration(const std::shared_ptr<detail::LoaderCore>& core, std::uint64_t number) : core_(core), number_(number) {}
    Iteration(const Iteration&) = delete;
    Iteration& operator=(const Iteration&) = delete;
    ~Iteration() {
      if (const auto core = core_.lock()) core->abandon(number_);
    }

    torch::optional<Batch> next() {
      if (over_) return torch::nullopt;
      const auto core = core_.lock();
      if (!core) throw Error(Reason::kBusy, "the loader of this iterator has been destroyed");
      const auto job = core->next(number_);
      over_ = job == nullptr;
      if (over_) return torch::nullopt;
      return torch::optional<Batch>(batch_of(job));
    }

   private:
    const std::weak_ptr<detail::LoaderCore> core_;
    const std::uint64_t number_;
    bool over_ = false;
  };

  const std::shared_ptr<detail::LoaderCore> core_;
};

/// The `std::unique_ptr` that `make_data_loader` returns. A loop needs one that is kept in a variable:
/// `for (auto& batch : *make_data_loader(…))` would outlive its loader, and is refused.
template <typename Batch>
struct DataLoaderPointer : std::unique_ptr<DataLoader<Batch>> {
  using std::unique_ptr<DataLoader<Batch>>::unique_ptr;

  DataLoader<Batch>& operator*() const& { return *this->get(); }
  template <typename Late = void>
  DataLoader<Batch>& operator*() && {
    static_assert(!std::is_void_v<Late>,
                  "boxfeed: a loop over *make_data_loader(...) would outlive the loader. Keep it in a variable: auto "
                  "loader = make_data_loader(...); for (auto& batch : *loader) ...");
    return *this->get();
  }
};

}  // namespace boxfeed
