#include "loader/fake_device.h"

#include <ATen/core/Tensor.h>
#include <boxfeed/core/random.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/library.h>
#include <torch/types.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace boxfeed::testing {
namespace {

using StreamId = c10::StreamId;
using Flag = std::shared_ptr<std::atomic<bool>>;

constexpr StreamId kPoolStream = 7;
thread_local StreamId current_stream = 0;
std::atomic<std::uint64_t> streamed{0};

/// The streams, and the thread that does what is on them.
class Machine {
 public:
  static Machine& get() {
    static auto* const machine = new Machine;  // lives as long as any tensor may
    return *machine;
  }

  void put(StreamId stream, std::function<void()> work) { put(stream, Task{nullptr, std::move(work)}); }
  void put_wait(StreamId stream, Flag until) { put(stream, Task{std::move(until), nullptr}); }
  Flag put_flag(StreamId stream) {
    auto flag = std::make_shared<std::atomic<bool>>(false);
    put(stream, [flag] { *flag = true; });
    return flag;
  }

  void wait_for(const std::atomic<bool>& flag) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return flag.load(); });
  }
  void synchronize() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] {
      return std::all_of(streams_.begin(), streams_.end(), [](const auto& stream) { return stream.second.empty(); });
    });
  }
  void pause(int change) {
    const std::lock_guard<std::mutex> lock(mutex_);
    pauses_ += change;
    changed_.notify_all();
  }

 private:
  struct Task {
    Flag until;
    std::function<void()> work;
  };

  Machine() {
    std::thread([this] { run(); }).detach();
  }

  void put(StreamId stream, Task task) {
    const std::lock_guard<std::mutex> lock(mutex_);
    streams_[stream].push_back(std::move(task));
    changed_.notify_all();
  }

  void run() {
    Random random(5, 0, 0);
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
      std::vector<std::deque<Task>*> able;
      for (auto& [stream, tasks] : streams_) {
        if (!tasks.empty() && (!tasks.front().until || *tasks.front().until)) able.push_back(&tasks);
      }
      if (pauses_ > 0 || able.empty()) {
        changed_.wait(lock);
        continue;
      }
      auto& tasks = *able[random.below(able.size())];
      const Task task = tasks.front();
      lock.unlock();
      if (random.below(4) == 0) std::this_thread::sleep_for(std::chrono::microseconds(random.below(300)));
      if (task.work) task.work();
      lock.lock();
      tasks.pop_front();
      changed_.notify_all();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<StreamId, std::deque<Task>> streams_;
  int pauses_ = 0;
};

/// Memory of the device. It belongs to the stream that it was made on: when it is freed, what comes next on that stream
/// may overwrite it, but for what other streams were said to do with it.
struct Block {
  void* data;
  std::size_t bytes;
  StreamId stream;
  std::vector<StreamId> users;

  static void free(void* context) {
    const std::unique_ptr<Block> block(static_cast<Block*>(context));
    for (const StreamId user : block->users) {
      Machine::get().put_wait(block->stream, Machine::get().put_flag(user));
    }
    Machine::get().put(block->stream, [data = block->data, bytes = block->bytes] {
      std::memset(data, 0xEE, bytes);
      std::free(data);
    });
  }
};

at::Tensor make(c10::IntArrayRef sizes, c10::IntArrayRef strides, torch::optional<c10::ScalarType> dtype) {
  const auto type = c10::scalarTypeToTypeMeta(dtype.value_or(at::kFloat));
  const std::size_t bytes = static_cast<std::size_t>(c10::multiply_integers(sizes)) * type.itemsize();
  auto* const block = new Block{std::malloc(std::max<std::size_t>(bytes, 1)), bytes, current_stream, {}};
  c10::DataPtr memory(block->data, block, &Block::free, FakeDevice::device());
  c10::Storage storage(c10::Storage::use_byte_size_t(), bytes, std::move(memory), nullptr, false);
  auto tensor = at::detail::make_tensor<c10::TensorImpl>(std::move(storage),
                                                         c10::DispatchKeySet(c10::DispatchKey::PrivateUse1), type);
  tensor.unsafeGetTensorImpl()->set_sizes_and_strides(sizes, strides);
  return tensor;
}

at::Tensor empty_strided(c10::IntArrayRef sizes, c10::IntArrayRef strides, torch::optional<c10::ScalarType> dtype,
                         torch::optional<c10::Layout>, torch::optional<c10::Device>, torch::optional<bool>) {
  return make(sizes, strides, dtype);
}

at::Tensor empty(c10::IntArrayRef sizes, torch::optional<c10::ScalarType> dtype, torch::optional<c10::Layout>,
                 torch::optional<c10::Device>, torch::optional<bool>, torch::optional<c10::MemoryFormat>) {
  std::vector<std::int64_t> strides(sizes.size(), 1);
  for (std::size_t i = sizes.size(); i > 1; --i) strides[i - 2] = strides[i - 1] * sizes[i - 1];
  return make(sizes, strides, dtype);
}

at::Tensor copy_from(const at::Tensor& from, const at::Tensor& to, bool non_blocking) {
  TORCH_CHECK(from.strides() == to.strides() && from.scalar_type() == to.scalar_type());
  const std::size_t bytes = from.nbytes();
  Machine::get().put(current_stream, [source = from.data_ptr(), target = to.data_ptr(), bytes] {
    std::memcpy(target, source, bytes);  // the tensors may be gone, as far as the device is concerned
  });
  if (non_blocking) {
    streamed += bytes;
  } else {
    Machine::get().wait_for(*Machine::get().put_flag(current_stream));
  }
  return to;
}

at::Tensor& set_storage(at::Tensor& self, c10::Storage storage, std::int64_t offset, c10::IntArrayRef sizes,
                        c10::IntArrayRef strides) {
  auto* const tensor = self.unsafeGetTensorImpl();
  tensor->set_storage_keep_dtype(std::move(storage));
  tensor->set_storage_offset(offset);
  tensor->set_sizes_and_strides(sizes, strides);
  return self;
}

struct Guard : c10::impl::DeviceGuardImplInterface {
  c10::DeviceType type() const override { return FakeDevice::device().type(); }
  c10::Device exchangeDevice(c10::Device) const override { return FakeDevice::device(); }
  c10::Device getDevice() const override { return FakeDevice::device(); }
  void setDevice(c10::Device) const override {}
  void uncheckedSetDevice(c10::Device) const noexcept override {}
  c10::DeviceIndex deviceCount() const noexcept override { return 1; }

  c10::Stream getStream(c10::Device) const noexcept override { return stream(current_stream); }
  c10::Stream getStreamFromGlobalPool(c10::Device, bool) const override { return stream(kPoolStream); }
  c10::Stream exchangeStream(c10::Stream other) const noexcept override {
    return stream(std::exchange(current_stream, other.id()));
  }
  void synchronizeStream(const c10::Stream& stream) const override {
    Machine::get().wait_for(*Machine::get().put_flag(stream.id()));
  }

  void record(void** event, const c10::Stream& stream, c10::DeviceIndex, c10::EventFlag) const override {
    if (*event == nullptr) *event = new Flag;
    flag(*event) = Machine::get().put_flag(stream.id());
  }
  void block(void* event, const c10::Stream& stream) const override {
    Machine::get().put_wait(stream.id(), flag(event));
  }
  bool queryEvent(void* event) const override { return *flag(event); }
  void destroyEvent(void* event, c10::DeviceIndex) const noexcept override { delete static_cast<Flag*>(event); }

  void recordDataPtrOnStream(const c10::DataPtr& memory, const c10::Stream& stream) const override {
    auto& block = *static_cast<Block*>(memory.get_context());
    if (stream.id() != block.stream) block.users.push_back(stream.id());
  }

 private:
  static c10::Stream stream(StreamId id) { return c10::Stream(c10::Stream::UNSAFE, FakeDevice::device(), id); }
  static Flag& flag(void* event) { return *static_cast<Flag*>(event); }
};

C10_REGISTER_GUARD_IMPL(PrivateUse1, Guard);

}  // namespace

TORCH_LIBRARY_IMPL(aten, PrivateUse1, library) {
  library.impl("empty.memory_format", &empty);
  library.impl("empty_strided", &empty_strided);
  library.impl("_copy_from", &copy_from);
  library.impl("set_.source_Storage_storage_offset", &set_storage);
}

void FakeDevice::launch(std::function<void()> work) { Machine::get().put(current_stream, std::move(work)); }
void FakeDevice::synchronize() { Machine::get().synchronize(); }
std::uint64_t FakeDevice::streamed_bytes() { return streamed; }
FakeDevice::Pause::Pause() { Machine::get().pause(1); }
FakeDevice::Pause::~Pause() { Machine::get().pause(-1); }

}  // namespace boxfeed::testing
