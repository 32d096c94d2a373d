#pragma once

#include <boxfeed/loader/detail/job.h>

namespace boxfeed::detail {

/// A job that ends in a batch.
template <typename Batch>
class BatchJob : public Job {
 public:
  using Job::Job;
  /// The batch. Requires: the job is full and has examples. Called once.
  virtual Batch finish() = 0;
};

}  // namespace boxfeed::detail
