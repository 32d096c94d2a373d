#include <boxfeed/data/row_batch_builder.h>
#include <torch/types.h>

#include <cstring>
#include <set>

#include "data/storage_ring.h"
#include "support/catch.h"

using namespace boxfeed;

namespace {

/// Rows of four bytes that hold index, index + 1, ..., and a target that holds 10 times the index.
RowBatchBuilder make_builder(c10::MemoryFormat format = c10::MemoryFormat::Contiguous) {
  return RowBatchBuilder(RowSpec{{1, 2, 2}, at::kByte, format}, RowSpec{{1}, at::kFloat},
                         [](const ExampleKey& key, void* data, void* target, StageTimes&) {
                           for (std::size_t i = 0; i < 4; ++i) {
                             static_cast<unsigned char*>(data)[i] = static_cast<unsigned char>(key.index + i);
                           }
                           const auto value = static_cast<float>(10 * key.index);
                           std::memcpy(target, &value, sizeof value);
                         });
}

torch::data::Example<> load(RowBatchBuilder& builder, const std::vector<std::size_t>& indices,
                            const std::vector<std::size_t>& kept) {
  auto batch = builder.start(indices.size());
  StageTimes times;
  for (const std::size_t place : kept) batch->fill(place, ExampleKey{0, 0, indices[place]}, times);
  return batch->finish(kept);
}

torch::data::Example<> load(RowBatchBuilder& builder, const std::vector<std::size_t>& indices) {
  std::vector<std::size_t> all(indices.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  return load(builder, indices, all);
}

}  // namespace

TEST_CASE("rows are written into one tensor each for data and target") {
  auto builder = make_builder();
  CHECK(builder.bytes(5) == 5 * (4 + 4));
  const auto batch = load(builder, {7, 20});
  CHECK(batch.data.sizes() == torch::IntArrayRef({2, 1, 2, 2}));
  CHECK(batch.data.is_contiguous());
  CHECK(torch::equal(batch.data.flatten(), torch::tensor({7, 8, 9, 10, 20, 21, 22, 23}, torch::kByte)));
  CHECK(torch::equal(batch.target, torch::tensor({{70.F}, {200.F}})));
}

TEST_CASE("channels-last rows keep their shape and say so in the strides") {
  RowBatchBuilder builder(RowSpec{{3, 1, 2}, at::kFloat, c10::MemoryFormat::ChannelsLast}, RowSpec{{1}},
                          [](const ExampleKey&, void* data, void* target, StageTimes&) {
                            // Two pixels: (1, 2, 3) and (4, 5, 6).
                            const float values[] = {1, 2, 3, 4, 5, 6};
                            std::memcpy(data, values, sizeof values);
                            *static_cast<float*>(target) = 0;
                          });
  const auto batch = load(builder, {0, 1});
  CHECK(batch.data.sizes() == torch::IntArrayRef({2, 3, 1, 2}));
  CHECK(batch.data.is_contiguous(c10::MemoryFormat::ChannelsLast));
  CHECK(torch::equal(batch.data[1], torch::tensor({1.F, 4.F, 2.F, 5.F, 3.F, 6.F}).view({3, 1, 2})));
  CHECK_THROWS_AS(RowBatchBuilder(RowSpec{{4}, at::kFloat, c10::MemoryFormat::ChannelsLast}, RowSpec{{1}}, {}),
                  std::invalid_argument);
}

TEST_CASE("only the kept places are delivered, moved together") {
  auto builder = make_builder();
  const auto batch = load(builder, {1, 2, 3, 4, 5}, {1, 4});
  CHECK(torch::equal(batch.data.flatten(), torch::tensor({2, 3, 4, 5, 5, 6, 7, 8}, torch::kByte)));
  CHECK(torch::equal(batch.target, torch::tensor({{20.F}, {50.F}})));
}

TEST_CASE("a batch, a view of it, a second handle of it and its storage are never written to while they are held") {
  auto builder = make_builder();
  const std::vector<std::size_t> ours{3, 4};
  const auto expected = load(builder, ours).data.clone();
  const auto others = [&] {
    for (std::size_t i = 0; i < 40; ++i) load(builder, {100, 100 + i});
  };
  SECTION("the batch") {
    const auto held = load(builder, ours);
    others();
    CHECK(torch::equal(held.data, expected));
  }
  SECTION("a second handle of its tensor") {
    auto batch = load(builder, ours);
    const torch::Tensor held = batch.data;
    batch = {};
    others();
    CHECK(torch::equal(held, expected));
  }
  SECTION("a view") {
    const torch::Tensor held = load(builder, ours).data[1];
    others();
    CHECK(torch::equal(held, expected[1]));
  }
  SECTION("a detached alias") {
    const torch::Tensor held = load(builder, ours).data.detach();
    others();
    CHECK(torch::equal(held, expected));
  }
  SECTION("the storage") {
    const c10::Storage held = load(builder, ours).data.storage();
    others();
    CHECK(std::memcmp(held.data_ptr().get(), expected.data_ptr(), 8) == 0);
  }
  SECTION("a graph that saved it for backward") {
    auto weight = torch::ones({1}, torch::requires_grad());
    RowBatchBuilder floats(RowSpec{{2}}, RowSpec{{1}}, [](const ExampleKey& key, void* data, void*, StageTimes&) {
      for (int i = 0; i < 2; ++i) static_cast<float*>(data)[i] = static_cast<float>(key.index);
    });
    const auto loss = (load(floats, {3, 4}).data * weight).sum();
    for (std::size_t i = 0; i < 40; ++i) load(floats, {100, 100});
    loss.backward();
    CHECK(weight.grad().item<float>() == 14.F);  // 2 * (3 + 4)
  }
}

TEST_CASE("what nobody holds is used again, and so is the memory of a batch that was dropped half-way") {
  auto builder = make_builder();
  std::set<void*> seen;
  for (std::size_t i = 0; i < 50; ++i) seen.insert(load(builder, {i, i}).data.data_ptr());
  CHECK(seen.size() == 1);
  builder.start(2);
  seen.insert(load(builder, {1, 2}).data.data_ptr());
  CHECK(seen.size() == 1);
  const auto smaller = load(builder, {1});  // fits into what is there
  CHECK(seen.count(smaller.data.data_ptr()) == 1);
}

TEST_CASE("batches made in inference mode can be trained on") {
  auto builder = make_builder();
  torch::data::Example<> batch;
  {
    const c10::InferenceMode inference;
    batch = load(builder, {1, 2});
  }
  CHECK_FALSE(batch.data.is_inference());
}

TEST_CASE("the ring forgets the oldest of what is held elsewhere, and what has become too small") {
  StorageRing ring;
  std::vector<c10::Storage> held;
  for (int i = 0; i < 100; ++i) held.push_back(ring.get(16));
  CHECK(ring.size() == 32);
  std::set<const void*> distinct;
  for (const auto& storage : held) distinct.insert(storage.data_ptr().get());
  CHECK(distinct.size() == 100);
  CHECK(held.front().use_count() == 1);
  CHECK(held.back().use_count() == 2);
  held.clear();
  CHECK(ring.get(1000).nbytes() >= 1000);
  CHECK(ring.size() == 1);
  CHECK(ring.get(8).nbytes() >= 1000);
}
