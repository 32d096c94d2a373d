#include <boxfeed/core/error.h>
#include <boxfeed/loader/make_data_loader.h>
#include <torch/data/worker_exception.h>

#include "loader/library_threads.h"

namespace boxfeed::detail {

std::shared_ptr<LoaderCore> make_core(std::unique_ptr<Source> source, const FullDataLoaderOptions& options) {
  return std::make_shared<LoaderCore>(std::move(source), options, prepare_worker_thread,
                                      [] { return std::make_shared<OpenCvThreads>(); });
}

std::exception_ptr as_libtorch_throws(const std::exception_ptr& error, bool in_worker) {
  if (!in_worker) return error;
  std::exception_ptr standard_error = error;
  try {
    std::rethrow_exception(error);
  } catch (const std::exception&) {
  } catch (...) {
    standard_error = std::make_exception_ptr(Error(Reason::kHook, "an exception that is not a std::exception"));
  }
  return std::make_exception_ptr(torch::data::WorkerException(standard_error));
}

}  // namespace boxfeed::detail
