#include "augment.h"

#include "support/catch.h"

namespace {

/// Images of zeros with a white rectangle, and its box in fractions.
struct Batch {
  torch::Tensor images = torch::zeros({16, 1, 60, 80});
  torch::Tensor boxes = torch::tensor({{0.25F, 0.3F, 0.5F, 0.8F}}).repeat({16, 1});

  Batch() { images.narrow(2, 18, 30).narrow(3, 20, 20).fill_(100); }
};

}  // namespace

TEST_CASE("a box moves with the pixels that it surrounds") {
  Batch batch;
  localization::augment(batch.images, batch.boxes, {4, 0, 0});
  CHECK((batch.boxes >= 0).all().item<bool>());
  CHECK((batch.boxes <= 1).all().item<bool>());
  for (std::int64_t i = 0; i < 16; ++i) {
    // The rectangle stays far brighter than the ground, whatever the light.
    const auto white = batch.images[i][0] > 35;
    const auto columns = white.any(0).nonzero().flatten(), rows = white.any(1).nonzero().flatten();
    const auto expect = [&](int component, std::int64_t edge, std::int64_t size) {
      CHECK(batch.boxes[i][component].item<double>() * static_cast<double>(size) ==
            Approx(static_cast<double>(edge)).margin(1.01));
    };
    INFO(i);
    expect(0, columns[0].item<std::int64_t>(), 80);
    expect(1, rows[0].item<std::int64_t>(), 60);
    expect(2, columns[-1].item<std::int64_t>() + 1, 80);
    expect(3, rows[-1].item<std::int64_t>() + 1, 60);
  }
}

TEST_CASE("images are changed differently, and equally for equal random numbers") {
  Batch a, b, c;
  localization::augment(a.images, a.boxes, {4, 0, 0});
  localization::augment(b.images, b.boxes, {4, 0, 0});
  localization::augment(c.images, c.boxes, {4, 0, 1});
  CHECK(torch::equal(a.images, b.images));
  CHECK(torch::equal(a.boxes, b.boxes));
  CHECK_FALSE(torch::equal(a.boxes, c.boxes));
  CHECK((a.boxes[0] != a.boxes[1]).any().item<bool>());
}

TEST_CASE("boxes as large as the image stay inside") {
  auto images = torch::zeros({8, 3, 32, 32}), boxes = torch::tensor({{0.F, 0.F, 1.F, 1.F}}).repeat({8, 1});
  localization::augment(images, boxes, {4, 0, 0});
  CHECK((boxes >= -1e-6).all().item<bool>());
  CHECK((boxes <= 1 + 1e-6).all().item<bool>());
  CHECK(images.isfinite().all().item<bool>());
}
