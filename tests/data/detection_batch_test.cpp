#include <boxfeed/data/detection_batch.h>
#include <torch/types.h>

#include <stdexcept>

#include "data/detection_pack.h"
#include "support/catch.h"

using boxfeed::DetectionBatch;
using boxfeed::DetectionExample;
using boxfeed::PlaneMap;

namespace {

/// Three images of 2 x 3 pixels with two, no and one objects; image i is filled with i.
DetectionBatch three_images() {
  std::vector<DetectionExample> examples;
  const auto add = [&](std::vector<float> boxes, std::vector<std::int64_t> labels, std::int64_t id,
                       const torch::Tensor& weights = {}) {
    const auto count = static_cast<std::int64_t>(labels.size());
    examples.push_back({torch::full({1, 2, 3}, static_cast<double>(examples.size())),
                        {torch::tensor(boxes).reshape({count, 4}), torch::tensor(labels, torch::kLong), id,
                         PlaneMap::scale(2.0 + static_cast<double>(id), 1), weights}});
  };
  add({0, 0, 1, 1, 1, 0, 3, 2}, {5, 6}, 10, torch::tensor({0.25F, 0.5F}));
  add({}, {}, 11);
  add({0, 1, 2, 2}, {7}, 12);
  return boxfeed::StackDetections().apply_batch(examples);
}

}  // namespace

TEST_CASE("examples stand one behind the other, with offsets between the images") {
  const auto batch = three_images();
  REQUIRE(batch.size() == 3);
  CHECK(batch.images.sizes() == torch::IntArrayRef({3, 1, 2, 3}));
  CHECK(torch::equal(batch.images.mean({1, 2, 3}), torch::tensor({0.0F, 1.0F, 2.0F})));
  CHECK(torch::equal(batch.boxes, torch::tensor({{0.F, 0.F, 1.F, 1.F}, {1.F, 0.F, 3.F, 2.F}, {0.F, 1.F, 2.F, 2.F}})));
  CHECK(torch::equal(batch.labels, torch::tensor({5, 6, 7}, torch::kLong)));
  CHECK(torch::equal(batch.offsets, torch::tensor({0, 2, 2, 3}, torch::kLong)));
  CHECK(torch::equal(batch.weights, torch::tensor({0.25F, 0.5F, 1.F})));
  CHECK(torch::equal(batch.image_ids, torch::tensor({10, 11, 12}, torch::kLong)));
  REQUIRE(batch.to_original.size() == 3);
  CHECK(batch.to_original[2].apply(1, 1) == std::array<double, 2>{14, 1});
}

TEST_CASE("the padded form has as many rows for every image") {
  const auto padded = three_images().padded();
  CHECK(padded.boxes.sizes() == torch::IntArrayRef({3, 2, 4}));
  CHECK(torch::equal(padded.boxes[0][1], torch::tensor({1.F, 0.F, 3.F, 2.F})));
  CHECK(torch::equal(padded.boxes[1], torch::zeros({2, 4})));
  CHECK(torch::equal(padded.boxes[2][0], torch::tensor({0.F, 1.F, 2.F, 2.F})));
  CHECK(torch::equal(padded.labels, torch::tensor({{5, 6}, {-1, -1}, {7, -1}}, torch::kLong)));
  CHECK(torch::equal(padded.weights, torch::tensor({{0.25F, 0.5F}, {0.F, 0.F}, {1.F, 0.F}})));
  CHECK(torch::equal(padded.mask, torch::tensor({{true, true}, {false, false}, {true, false}})));
}

TEST_CASE("a batch without any object has empty forms") {
  const std::vector<DetectionExample> examples(
      2, {torch::zeros({1, 2, 3}), {torch::zeros({0, 4}), torch::zeros({0}, torch::kLong), 0, {}}});
  const auto batch = boxfeed::StackDetections().apply_batch(examples);
  CHECK(batch.boxes.sizes() == torch::IntArrayRef({0, 4}));
  CHECK(batch.padded().boxes.sizes() == torch::IntArrayRef({2, 0, 4}));
  CHECK(batch.padded().mask.sizes() == torch::IntArrayRef({2, 0}));
  CHECK(batch.indexed_boxes().sizes() == torch::IntArrayRef({0, 5}));
}

TEST_CASE("the indexed form has the image's number in front") {
  const auto rows = three_images().indexed_boxes();
  CHECK(torch::equal(rows,
                     torch::tensor({{0.F, 0.F, 0.F, 1.F, 1.F}, {0.F, 1.F, 0.F, 3.F, 2.F}, {2.F, 0.F, 1.F, 2.F, 2.F}})));
}

TEST_CASE("all tensors of a batch lie in its buffer, and move with it") {
  const auto batch = three_images();
  for (const auto& tensor : {batch.images, batch.boxes, batch.labels, batch.offsets, batch.image_ids}) {
    CHECK(tensor.storage().data() == batch.buffer.storage().data());
  }
  const auto moved = batch.to(torch::Device(torch::kCPU));
  CHECK(torch::equal(moved.images, batch.images));
  CHECK(torch::equal(moved.boxes, batch.boxes));
  CHECK(torch::equal(moved.labels, batch.labels));
  CHECK(torch::equal(moved.offsets, batch.offsets));
  CHECK(torch::equal(moved.image_ids, batch.image_ids));
  const auto elsewhere = batch.to(torch::Device(torch::kMeta));
  CHECK(elsewhere.images.sizes() == batch.images.sizes());
  CHECK(elsewhere.boxes.device().is_meta());
}

TEST_CASE("images of different sizes make no batch") {
  std::vector<DetectionExample> examples(2);
  for (std::size_t i = 0; i < 2; ++i) {
    examples[i] = {torch::zeros({1, 2, 3 + static_cast<std::int64_t>(i)}),
                   {torch::zeros({0, 4}), torch::zeros({0}, torch::kLong), 0, {}}};
  }
  CHECK_THROWS_AS(boxfeed::StackDetections().apply_batch(examples), std::invalid_argument);
  CHECK_THROWS_AS(boxfeed::StackDetections().apply_batch({}), std::invalid_argument);
}

TEST_CASE("a buffer that is too small for the objects is replaced") {
  const boxfeed::RowSpec image{{1, 2, 2}};
  const auto bytes = static_cast<std::int64_t>(boxfeed::packed_bytes(image, 1, 0));
  const auto buffer = torch::zeros({bytes}, torch::kUInt8);
  std::memcpy(buffer.data_ptr(), std::vector<float>{1, 2, 3, 4}.data(), 16);
  const auto batch = boxfeed::pack(buffer, image, {{{{1, 2, 3, 4}, {5, 6, 7, 8}}, {0, 1}, 3, {}}});
  CHECK(torch::equal(batch.images.flatten(), torch::tensor({1.F, 2.F, 3.F, 4.F})));
  CHECK(torch::equal(batch.boxes[1], torch::tensor({5.F, 6.F, 7.F, 8.F})));
  CHECK(torch::equal(batch.labels, torch::tensor({0, 1}, torch::kLong)));
}
