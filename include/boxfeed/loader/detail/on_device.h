#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>
#include <c10/core/Stream.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/data/example.h>

#include <functional>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace boxfeed::detail {

/// What can be done with a batch for a device.
enum class Transfer {
  kNone,   ///< it holds no tensors that are known
  kLate,   ///< it has `to`, and is copied when it is delivered
  kAhead,  ///< its tensors are known, or it has `record_stream` as well: it is copied while the device computes
};

constexpr Transfer both(Transfer a, Transfer b) {
  if (a == Transfer::kLate || b == Transfer::kLate) return Transfer::kLate;
  return a == Transfer::kAhead ? a : b;
}

template <typename T, typename = void>
inline constexpr bool kHasTo = false;
template <typename T>
inline constexpr bool kHasTo<T, std::void_t<decltype(std::declval<const T&>().to(std::declval<c10::Device>()))>> = true;
template <typename T, typename = void>
inline constexpr bool kHasNonBlockingTo = false;
template <typename T>
inline constexpr bool
    kHasNonBlockingTo<T, std::void_t<decltype(std::declval<const T&>().to(std::declval<c10::Device>(), true))>> = true;
template <typename T, typename = void>
inline constexpr bool kHasRecordStream = false;
template <typename T>
inline constexpr bool
    kHasRecordStream<T, std::void_t<decltype(std::declval<const T&>().record_stream(std::declval<c10::Stream>()))>> =
        true;

/// A batch of a user's own type: it may have `to(device, non_blocking)` or `to(device)`, and `record_stream(stream)`,
/// as tensors have them.
template <typename T>
struct OnDevice {
  static constexpr Transfer transfer = kHasNonBlockingTo<T> && kHasRecordStream<T> ? Transfer::kAhead
                                       : kHasNonBlockingTo<T> || kHasTo<T>         ? Transfer::kLate
                                                                                   : Transfer::kNone;
  /// The same on a device; `non_blocking`, perhaps not yet copied.
  static T copy(const T& batch, c10::Device device, bool non_blocking) {
    if constexpr (kHasNonBlockingTo<T>) {
      return batch.to(device, non_blocking);
    } else if constexpr (kHasTo<T>) {
      return batch.to(device);
    } else {
      return batch;
    }
  }
  /// Says that a stream uses it, so that its memory is not used again before that has happened.
  static void record(const T& batch, const c10::Stream& stream) {
    if constexpr (kHasRecordStream<T>) batch.record_stream(stream);
  }
};

template <>
struct OnDevice<at::Tensor> {
  static constexpr Transfer transfer = Transfer::kAhead;
  static at::Tensor copy(const at::Tensor& tensor, c10::Device device, bool non_blocking) {
    return tensor.defined() ? tensor.to(device, tensor.scalar_type(), non_blocking) : tensor;
  }
  static void record(const at::Tensor& tensor, const c10::Stream& stream) {
    if (!tensor.defined() || !tensor.has_storage()) return;
    c10::impl::VirtualGuardImpl(stream.device_type()).recordDataPtrOnStream(tensor.storage().data_ptr(), stream);
  }
};

template <typename Data, typename Target>
struct OnDevice<torch::data::Example<Data, Target>> {
  using Example = torch::data::Example<Data, Target>;
  static constexpr Transfer transfer = both(OnDevice<Data>::transfer, OnDevice<Target>::transfer);
  static Example copy(const Example& example, c10::Device device, bool non_blocking) {
    return {OnDevice<Data>::copy(example.data, device, non_blocking),
            OnDevice<Target>::copy(example.target, device, non_blocking)};
  }
  static void record(const Example& example, const c10::Stream& stream) {
    OnDevice<Data>::record(example.data, stream);
    OnDevice<Target>::record(example.target, stream);
  }
};

template <typename Data>
struct OnDevice<torch::data::Example<Data, torch::data::example::NoTarget>> {
  using Example = torch::data::Example<Data, torch::data::example::NoTarget>;
  static constexpr Transfer transfer = OnDevice<Data>::transfer;
  static Example copy(const Example& example, c10::Device device, bool non_blocking) {
    return OnDevice<Data>::copy(example.data, device, non_blocking);
  }
  static void record(const Example& example, const c10::Stream& stream) {
    OnDevice<Data>::record(example.data, stream);
  }
};

template <typename T>
struct OnDevice<std::vector<T>> {
  static constexpr Transfer transfer = OnDevice<T>::transfer;
  static std::vector<T> copy(const std::vector<T>& batch, c10::Device device, bool non_blocking) {
    std::vector<T> there;
    there.reserve(batch.size());
    for (const auto& example : batch) there.push_back(OnDevice<T>::copy(example, device, non_blocking));
    return there;
  }
  static void record(const std::vector<T>& batch, const c10::Stream& stream) {
    for (const auto& example : batch) OnDevice<T>::record(example, stream);
  }
};

/// A stream of its own on a device, for copies that go on while the device computes.
///
/// Thread safety: its methods may be called from any number of threads.
class DeviceStream {
 public:
  /// A point in the stream's work.
  class Mark;

  /// Throws: `std::invalid_argument` where there is no such device.
  explicit DeviceStream(c10::Device device);
  DeviceStream(const DeviceStream&) = delete;
  DeviceStream& operator=(const DeviceStream&) = delete;
  /// Waits until the copies are done.
  ~DeviceStream();

  c10::Device device() const noexcept;

  /// Calls `copy`, whose copies to the device go on this stream, and keeps `source`, which they read, until they are
  /// done. Returns the point behind them; null for a device without events, where they are done already.
  std::shared_ptr<const Mark> run(const std::function<void()>& copy, std::shared_ptr<const void> source);

  /// Has the device's current stream wait for `mark`, if there is one, and returns it.
  c10::Stream wait_for(const Mark* mark);

 private:
  struct State;
  const std::unique_ptr<State> state_;
};

}  // namespace boxfeed::detail
