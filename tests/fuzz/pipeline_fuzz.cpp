// A pipeline of any text is read or refused. What is read is written as it was, and draws plans that can be.
#include <boxfeed/core/error.h>
#include <boxfeed/transforms/pipeline.h>

#include <cmath>
#include <stdexcept>
#include <string_view>

#include "fuzz/fuzz.h"

namespace {

void check(const boxfeed::transforms::Plan& plan) {
  const auto w = static_cast<float>(plan.size.width), h = static_cast<float>(plan.size.height);
  if (plan.boxes.size() != plan.kept.size()) throw std::logic_error("a box of nothing");
  for (const auto& box : plan.boxes) {
    if (!(box.xmin >= 0 && box.ymin >= 0 && box.xmax <= w && box.ymax <= h)) throw std::logic_error("a box outside");
  }
  const auto size = plan.decode_size();
  if (size.height < 1 || size.width < 1) throw std::logic_error("nothing to decode");
  plan.explain();
}

}  // namespace

BOXFEED_FUZZ(pipeline) {
  using namespace boxfeed;
  using namespace boxfeed::transforms;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Pipeline pipeline;
  try {
    pipeline = pipeline_from_json(text);
  } catch (const Error&) {
    return;
  }
  const std::string written = to_json(pipeline);
  if (to_json(pipeline_from_json(written)) != written) throw std::logic_error("another pipeline out of its own text");
  const SampleGeometry sample{{48, 64}, {{20, 12, 42, 40}, {2, 3, 12, 9}}, {{24, 30, 2}, {5, 5, 1}}, 1};
  for (std::uint64_t epoch = 0; epoch < 3; ++epoch) {
    try {
      check(pipeline.draw(sample, Random(1, epoch, 0)));
    } catch (const Error&) {
      // A canvas that is too large, for instance.
    }
  }
}
