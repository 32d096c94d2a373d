#pragma once

#include <c10/core/Device.h>

#include <cstdint>
#include <functional>

namespace boxfeed::testing {

/// A device that LibTorch takes for one (`privateuseone`): its memory is main memory, and what is put on its streams is
/// done by a thread of its own, stream after stream at random, as late as it likes. Memory that is freed is overwritten
/// as soon as a device would give it to somebody else.
class FakeDevice {
 public:
  static c10::Device device() { return {c10::DeviceType::PrivateUse1, 0}; }

  /// Puts `work` on the calling thread's current stream.
  static void launch(std::function<void()> work);
  /// Returns when everything on every stream is done.
  static void synchronize();
  /// While one exists, nothing on any stream is done.
  class Pause {
   public:
    Pause();
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;
    ~Pause();
  };

  /// Bytes that were copied without anybody waiting.
  static std::uint64_t streamed_bytes();
};

}  // namespace boxfeed::testing
