// Batches that are delivered on a device.
#include <boxfeed/data/detection_batch.h>
#include <boxfeed/loader/detail/on_device.h>
#include <boxfeed/loader/make_data_loader.h>
#include <torch/torch.h>

#include <chrono>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "loader/fake_dataset.h"
#include "loader/fake_device.h"
#include "support/catch.h"

using namespace boxfeed;
using boxfeed::testing::FakeDataset;
using boxfeed::testing::FakeDevice;
using Catch::Matchers::ContainsSubstring;
using torch::data::Example;
using Options = boxfeed::DataLoaderOptions;
namespace transforms = torch::data::transforms;

namespace {

const torch::Device kDevice = FakeDevice::device();

/// Has the device look at a tensor, when it comes to it: the values are in `seen` after `synchronize`. The tensor may
/// be gone by then, as far as the caller is concerned.
void look_at(const torch::Tensor& tensor, std::vector<float>& seen) {
  FakeDevice::launch([data = static_cast<const float*>(tensor.data_ptr()), count = tensor.numel(), &seen] {
    seen.assign(data, data + count);
  });
}

/// The first column of the data (B, 2), and the target (B, 1), of examples of FakeDataset.
bool is_right(const std::vector<float>& data, const std::vector<float>& target, const std::vector<std::size_t>& order,
              std::size_t begin) {
  if (data.size() != 2 * target.size() || target.empty()) return false;
  for (std::size_t i = 0; i < target.size(); ++i) {
    const auto index = static_cast<float>(order[begin + i]);
    if (data[2 * i] != index || target[i] != index * index) return false;
  }
  return true;
}

/// Rows that can be told from each other: example i is (i, i).
struct Rows : torch::data::datasets::Dataset<Rows> {
  Example<> get(std::size_t index) override {
    return {torch::full({2}, static_cast<double>(index)), torch::full({1}, static_cast<double>(index))};
  }
  torch::optional<std::size_t> size() const override { return 12; }
};

/// Batches of one's own: with what a tensor has for a device, or less.
struct Ahead {
  torch::Tensor data;
  Ahead to(torch::Device device, bool non_blocking) const {
    return {data.to(device, data.scalar_type(), non_blocking)};
  }
  void record_stream(c10::Stream stream) const {
    c10::impl::VirtualGuardImpl(stream.device_type()).recordDataPtrOnStream(data.storage().data_ptr(), stream);
  }
};
struct Late {
  torch::Tensor data;
  Late to(torch::Device device) const { return {data.to(device)}; }
};
struct Never {
  torch::Tensor data;
};
struct Fails {
  torch::Tensor data;
  Fails to(torch::Device device, bool) const {
    if (data[0].item<float>() == 4) throw std::runtime_error("no memory for 4");
    return {data.to(device)};
  }
  void record_stream(c10::Stream) const {}
};

/// Puts the first numbers of the examples together.
template <typename Batch>
struct Collate : transforms::Collation<Batch, std::vector<Example<>>> {
  Batch apply_batch(std::vector<Example<>> examples) override {
    std::vector<float> numbers;
    for (const auto& example : examples) numbers.push_back(example.data[0].template item<float>());
    return {torch::tensor(numbers)};
  }
};

std::vector<float> values(const torch::Tensor& tensor) {
  const auto here = tensor.to(torch::kCPU).contiguous();
  return {here.data_ptr<float>(), here.data_ptr<float>() + here.numel()};
}

}  // namespace

TEST_CASE("batches are on the device, and what it computes sees their values, whatever is still under way") {
  for (const std::size_t workers : {0, 1, 4}) {
    auto loader = make_data_loader(FakeDataset(47), Options(5).workers(workers).seed(3).device(kDevice));
    struct Seen {
      std::uint64_t epoch;
      std::size_t begin;
      std::vector<float> data, target;
    };
    std::vector<std::unique_ptr<Seen>> seen;
    std::vector<Example<>> kept;
    for (std::uint64_t epoch = 0; epoch < 4; ++epoch) {
      std::size_t begin = 0;
      for (auto& batch : *loader) {
        REQUIRE(batch.data.device() == kDevice);
        REQUIRE(batch.target.device() == kDevice);
        seen.push_back(std::make_unique<Seen>(Seen{epoch, begin, {}, {}}));
        look_at(batch.data, seen.back()->data);
        look_at(batch.target, seen.back()->target);
        if (seen.size() % 4 == 0) kept.push_back(batch);  // for a while, and used once more in the end
        if (kept.size() == 3) {
          look_at(kept.front().data, seen[seen.size() - 9]->data);
          kept.erase(kept.begin());
        }
        begin += 5;
      }
      REQUIRE(begin == 50);
    }
    FakeDevice::synchronize();
    for (const auto& one : seen) {
      CHECK(is_right(one->data, one->target, random_permutation(47, 3, one->epoch), one->begin));
    }
  }
}

TEST_CASE("nobody waits for the device, and no memory that it still reads is written to again") {
  const std::uint64_t before = FakeDevice::streamed_bytes();
  std::vector<std::vector<float>> data(20), target(20);
  {
    auto loader =
        make_data_loader<samplers::SequentialSampler>(FakeDataset(100), Options(5).workers(2).device(kDevice));
    const FakeDevice::Pause pause;
    std::size_t i = 0;
    for (auto& batch : *loader) {
      look_at(batch.data, data[i]);
      look_at(batch.target, target[i]);
      ++i;
    }
    CHECK(i == 20);
    CHECK(FakeDevice::streamed_bytes() >= before + 100 * 3 * sizeof(float));
    for (const auto& one : data) CHECK(one.empty());  // nothing has happened yet
  }
  FakeDevice::synchronize();
  const auto order = samplers::SequentialSampler(100).order(0);
  for (std::size_t i = 0; i < 20; ++i) CHECK(is_right(data[i], target[i], order, 5 * i));
}

TEST_CASE("batches by number and slices are on the device, too") {
  auto loader = make_data_loader<samplers::SequentialSampler>(FakeDataset(10), Options(4).device(kDevice));
  CHECK(values((*loader)[1].target) == std::vector<float>{16, 25, 36, 49});
  const auto slice = loader->slice(0, 3);
  CHECK(values(slice[2].target) == std::vector<float>{64, 81});
  CHECK(loader->options().device == "privateuseone:0");
}

TEST_CASE("datasets of LibTorch's kinds: examples one by one, stacked, tensors, and what is no tensor beside them") {
  for (const std::size_t workers : {0, 2}) {
    const auto options = Options(4).workers(workers).device(kDevice);
    auto examples = make_data_loader<samplers::SequentialSampler>(Rows(), options);
    std::size_t index = 0;
    for (auto& batch : *examples) {
      for (const auto& example : batch) {
        CHECK(example.target.device() == kDevice);
        CHECK(values(example.data)[1] == static_cast<float>(index++));
      }
    }
    CHECK(index == 12);
    auto stacked = make_data_loader<samplers::SequentialSampler>(Rows().map(transforms::Stack<>()), options);
    CHECK(values((*stacked->begin()).target) == std::vector<float>{0, 1, 2, 3});
    auto tensors = make_data_loader<samplers::SequentialSampler>(
        torch::data::datasets::TensorDataset(torch::arange(6, torch::kFloat))
            .map(transforms::Stack<torch::data::TensorExample>()),
        options);
    CHECK(values((*tensors->begin()).data) == std::vector<float>{0, 1, 2, 3});

    struct Named : torch::data::datasets::Dataset<Named, Example<torch::Tensor, std::string>> {
      ExampleType get(std::size_t index_) override {
        return {torch::full({1}, static_cast<double>(index_)), std::to_string(index_)};
      }
      torch::optional<std::size_t> size() const override { return 3; }
    };
    auto named = make_data_loader<samplers::SequentialSampler>(Named(), options);
    const auto batch = *named->begin();
    CHECK(batch[2].data.device() == kDevice);
    CHECK(batch[2].target == "2");
  }
}

TEST_CASE("a batch of detections is one copy, and all of it is on the device") {
  const auto example = [](std::int64_t id, const std::vector<float>& box) {
    return DetectionExample{torch::full({1, 2, 2}, static_cast<double>(id)),
                            {torch::tensor(box).view({-1, 4}), torch::full({1}, id, torch::kLong), id, {}}};
  };
  const DetectionBatch here = StackDetections().apply_batch({example(7, {0, 0, 1, 1}), example(8, {0, 1, 2, 2})});
  const auto there = boxfeed::detail::OnDevice<DetectionBatch>::copy(here, kDevice, true);
  static_assert(boxfeed::detail::OnDevice<DetectionBatch>::transfer == boxfeed::detail::Transfer::kAhead);
  for (const auto* tensor : {&there.images, &there.boxes, &there.labels, &there.offsets, &there.image_ids}) {
    CHECK(tensor->device() == kDevice);
    CHECK(tensor->storage().data() == there.buffer.storage().data());
  }
  FakeDevice::synchronize();
  const auto* boxes = static_cast<const float*>(there.boxes.data_ptr());
  CHECK(std::vector<float>(boxes, boxes + 8) == std::vector<float>{0, 0, 1, 1, 0, 1, 2, 2});
}

TEST_CASE("a collation's own type: copied ahead, when it is delivered, or refused where it cannot be copied") {
  const auto options = Options(4).workers(2).device(kDevice);
  const auto firsts = [&](auto collation) {
    auto loader = make_data_loader<samplers::SequentialSampler>(Rows().map(collation), options);
    std::vector<std::vector<float>> batches;
    for (auto& batch : *loader) batches.push_back(values(batch.data));
    return batches;
  };
  const std::vector<std::vector<float>> expected{{0, 1, 2, 3}, {4, 5, 6, 7}, {8, 9, 10, 11}};
  CHECK(firsts(Collate<Ahead>()) == expected);
  CHECK(firsts(Collate<Late>()) == expected);
  CHECK_THROWS_WITH(firsts(Collate<Never>()), ContainsSubstring("device: batches of this type cannot be copied"));
  auto unmoved = make_data_loader(Rows().map(Collate<Never>()), Options(4).workers(2));
  CHECK((*unmoved->begin()).data.device() == torch::kCPU);
}

TEST_CASE("a copy that fails is an error at the place of its batch, and the next ones come") {
  for (const std::size_t workers : {0, 2}) {
    auto loader = make_data_loader<samplers::SequentialSampler>(Rows().map(Collate<Fails>()),
                                                                Options(4).workers(workers).device(kDevice));
    auto batch = loader->begin();
    CHECK(values(batch->data)[0] == 0);
    CHECK_THROWS_WITH(++batch, "no memory for 4");
    ++batch;
    CHECK(values(batch->data)[0] == 8);
  }
}

TEST_CASE("a device without streams and events gets its batches all the same") {
  auto loader = make_data_loader(FakeDataset(6), Options(4).workers(2).device(torch::kMeta));
  for (auto& batch : *loader) {
    CHECK(batch.data.device().type() == torch::kMeta);
    CHECK(batch.data.size(1) == 2);
  }
}

TEST_CASE("a device that is not there is refused when the loader is made, and says so") {
  const auto make = [](const torch::Device& device) {
    return make_data_loader(FakeDataset(6), Options(4).device(device));
  };
  CHECK_THROWS_WITH(make(torch::Device("privateuseone:3")),
                    "device: expected one that is there, got privateuseone:3; there is 1 of its kind");
  if (!c10::impl::hasDeviceGuardImpl(torch::kCUDA)) {
    CHECK_THROWS_WITH(make(torch::Device(torch::kCUDA, 1)),
                      "device: expected one that is there, got cuda:1; this LibTorch is built without devices of that "
                      "kind");
  }
  CHECK(make(torch::Device(torch::kCPU))->options().device.empty());
}

TEST_CASE("what a copy reads is kept until it is done, and no longer than until the next one or the next batch") {
  boxfeed::detail::DeviceStream stream(kDevice);
  const auto source = std::make_shared<torch::Tensor>(torch::ones({3}));
  torch::Tensor there;
  const auto copy = [&] { there = source->to(kDevice, torch::kFloat, /*non_blocking=*/true); };
  {
    const FakeDevice::Pause pause;
    stream.run(copy, source);
    stream.run([] {}, nullptr);
    CHECK(source.use_count() == 2);
  }
  FakeDevice::synchronize();
  stream.run([] {}, nullptr);
  CHECK(source.use_count() == 1);
  stream.run(copy, source);
  FakeDevice::synchronize();
  CHECK(source.use_count() == 2);
  stream.wait_for(nullptr);
  CHECK(source.use_count() == 1);
}

TEST_CASE("where a copy fails, what it began has been read when the failure is told") {
  boxfeed::detail::DeviceStream stream(kDevice);
  bool is_read = false;
  CHECK_THROWS_WITH(stream.run(
                        [&] {
                          FakeDevice::launch([&] {
                            std::this_thread::sleep_for(std::chrono::milliseconds(2));
                            is_read = true;
                          });
                          throw std::runtime_error("no memory");
                        },
                        nullptr),
                    "no memory");
  CHECK(is_read);
}
