#pragma once

namespace boxfeed::detail {

/// Keeps OpenMP's threads out of the calling thread, which is a worker: LibTorch's operators run in it alone.
void prepare_worker_thread();

/// While one exists, OpenCV starts no threads of its own inside the workers. The setting is the process's, so it is
/// made by the first and taken back by the last; a value that the program sets in the meantime is left alone.
///
/// Thread safety: make and destroy it in the caller's thread.
class OpenCvThreads {
 public:
  OpenCvThreads();
  OpenCvThreads(const OpenCvThreads&) = delete;
  OpenCvThreads& operator=(const OpenCvThreads&) = delete;
  ~OpenCvThreads();
};

}  // namespace boxfeed::detail
