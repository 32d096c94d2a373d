#include <boxfeed/loader/detail/on_device.h>
#include <c10/core/Event.h>
#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <c10/util/Exception.h>

#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace boxfeed::detail {
namespace {

/// The device, with a number if its kind has numbers.
c10::Device existing(c10::Device device) {
  if (!c10::impl::hasDeviceGuardImpl(device.type())) {
    throw std::invalid_argument("device: expected one that is there, got " + device.str() +
                                "; this LibTorch is built without devices of that kind");
  }
  const c10::impl::VirtualGuardImpl guard(device.type());
  const c10::DeviceIndex count = guard.deviceCount();
  if (count < 1 || device.index() >= count) {
    throw std::invalid_argument("device: expected one that is there, got " + device.str() + "; there " +
                                (count == 1 ? "is " : "are ") + std::to_string(int{count}) + " of its kind");
  }
  return device.has_index() ? device : guard.getDevice();
}

}  // namespace

class DeviceStream::Mark {
 public:
  explicit Mark(const c10::Stream& stream) : event_(stream.device_type()) { event_.record(stream); }

  bool is_over() const { return event_.query(); }
  void block(const c10::Stream& stream) const { event_.block(stream); }

 private:
  c10::Event event_;
};

struct DeviceStream::State {
  explicit State(c10::Device the_device) : device(existing(the_device)), guard(device.type()) {
    try {
      const c10::Stream own = guard.getStreamFromGlobalPool(device);
      static_cast<void>(Mark(own).is_over());
      stream = own;
    } catch (const c10::Error&) {
      // A kind of device without streams or events: its copies are done when they return.
    }
  }

  /// Lets go of what the copies that are done have read.
  void release() {
    while (!running.empty() && running.front().first->is_over()) running.pop_front();
  }

  /// Waits until the stream's work is done.
  void wait() noexcept {
    try {
      stream->synchronize();
    } catch (const std::exception&) {
      // The device has failed, or this is a forked child process, in which there is none.
    }
  }

  const c10::Device device;
  const c10::impl::VirtualGuardImpl guard;
  std::optional<c10::Stream> stream;

  std::mutex mutex;
  std::deque<std::pair<std::shared_ptr<const Mark>, std::shared_ptr<const void>>> running;  // guarded by the mutex
};

DeviceStream::DeviceStream(c10::Device device) : state_(std::make_unique<State>(device)) {}

DeviceStream::~DeviceStream() {
  if (!state_->running.empty()) state_->wait();
}

c10::Device DeviceStream::device() const noexcept { return state_->device; }

std::shared_ptr<const DeviceStream::Mark> DeviceStream::run(const std::function<void()>& copy,
                                                            std::shared_ptr<const void> source) {
  if (!state_->stream) {
    copy();
    return nullptr;
  }
  // One at a time, so that the marks stand in the order of the stream's work.
  const std::lock_guard<std::mutex> lock(state_->mutex);
  state_->release();
  const c10::StreamGuard guard(*state_->stream);
  try {
    copy();
  } catch (...) {
    state_->wait();  // what was copied before may still be read
    throw;
  }
  auto mark = std::make_shared<const Mark>(*state_->stream);
  state_->running.emplace_back(mark, std::move(source));
  return mark;
}

c10::Stream DeviceStream::wait_for(const Mark* mark) {
  const c10::Stream current = state_->guard.getStream(state_->device);
  if (mark != nullptr) mark->block(current);
  if (state_->stream) {
    const std::lock_guard<std::mutex> lock(state_->mutex);
    state_->release();
  }
  return current;
}

}  // namespace boxfeed::detail
