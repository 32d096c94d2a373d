#pragma once

namespace boxfeed::detail {

/// Keeps OpenMP's threads out of the calling thread, which is a worker: LibTorch's operators run in it alone.
void prepare_worker_thread();

}  // namespace boxfeed::detail
