#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <torch/csrc/distributed/c10d/Store.hpp>

namespace localization {

/// Says beside the training, through the store of the processes, that this rank lives, how far it is and why it ends,
/// and knows the same of the others, so that a message can name the one that is missing.
///
/// Its thread is the only one that uses the store, which may keep it waiting for ever: nobody waits for the thread.
class Watch {
 public:
  /// `store` is used by nobody else; `place` says in messages where it is.
  Watch(c10::intrusive_ptr<c10d::Store> store, int rank, int size, std::string place);
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  ~Watch();

  /// This rank is at work. Thread safety: any thread, as for all functions.
  void alive();
  /// This rank is about to wait for the others.
  void enters();
  /// Tells the others why this rank ends. Returns when they may know it, or soon after.
  void fail(const std::string& why);
  /// Whether another rank has ended, or ends just now, for the same reason.
  bool other_fails_for(const std::string& why);
  /// Who is missing, where a wait of this rank has ended with `error`, within three seconds.
  std::string explained(const std::string& error);
  /// Whether any rank has ended with an error, or the store cannot be reached.
  bool someone_failed();
  /// How long rank 0 has shown no progress.
  std::chrono::steady_clock::duration main_idle();

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace localization
