#include "data/cache_rules.h"

#include <boxfeed/core/error.h>
#include <boxfeed/core/random.h>
#include <boxfeed/image/resize.h>
#include <boxfeed/transforms/mixer.h>
#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <optional>
#include <type_traits>

namespace boxfeed {

using namespace transforms;

bool moves_at_random(const DatasetOptions& options) {
  if (options.pipeline().options().mix()) return true;
  constexpr std::uint64_t kExamples = 100;
  const Mixer mixer(options.pipeline(), options.image_size(), options.resize_mode());
  const SampleGeometry sample{{480, 640}, {Box{200, 150, 440, 330}}, {}, 0};
  std::optional<std::uint64_t> first;
  try {
    for (std::uint64_t i = 0; i < kExamples; ++i) {
      const auto draft = mixer.begin(kExamples, static_cast<std::size_t>(i), Random(0, 0, i));
      const std::uint64_t view = view_of(mixer.draw(draft, {sample}).plan);
      if (first && *first != view) return true;
      first = view;
    }
  } catch (const std::exception&) {
    return true;  // not for every image: what it does is not known
  }
  return false;
}

ImageSize cache_canvas(const DatasetOptions& options) {
  const ImageSize size = options.image_size();
  const auto side = std::max(size.height, size.width);
  const auto longest = (options.cache() ? options.cache()->max_side() : std::nullopt).value_or(2 * side);
  const auto scaled = [&](std::int64_t of) {
    return std::max<std::int64_t>(
        1, std::llround(static_cast<double>(of) * static_cast<double>(longest) / static_cast<double>(side)));
  };
  return {scaled(size.height), scaled(size.width)};
}

ImageSize cached_size(ImageSize displayed, const DatasetOptions& options) {
  const auto map = resize_map(displayed, cache_canvas(options), options.resize_mode()).entries();
  const auto side = [](std::int64_t whole, double scale) {
    const auto scaled = static_cast<std::int64_t>(std::ceil(static_cast<double>(whole) * scale - 1e-6));
    return std::clamp<std::int64_t>(scaled, 1, whole);
  };
  return {side(displayed.height, map[4]), side(displayed.width, map[0])};
}

std::uint64_t view_of(const Plan& plan) {
  XXH64_hash_t hash = 0;
  const auto add = [&hash](const void* bytes, std::size_t count) { hash = XXH3_64bits_withSeed(bytes, count, hash); };
  const auto& color = plan.resample.fill();
  static_assert(std::is_trivially_copyable_v<Color>);
  const std::int64_t numbers[] = {plan.source.height,
                                  plan.source.width,
                                  plan.size.height,
                                  plan.size.width,
                                  static_cast<std::int64_t>(plan.resample.interpolation()),
                                  plan.resample.antialias() ? 1 : 0};
  add(numbers, sizeof numbers);
  add(&color, sizeof color);
  add(plan.map.entries().data(), sizeof plan.map.entries());
  for (const Polygon* polygon : {&plan.visible, &plan.uncut}) {
    add(polygon->data(), polygon->size() * sizeof(Polygon::value_type));
  }
  return hash | 1;
}

std::uint64_t cache_bytes(std::size_t images, const DatasetOptions& options) {
  const bool may_move = !options.pipeline().transforms().empty() || options.pipeline().options().mix();
  const ImageSize size = may_move ? cache_canvas(options) : options.image_size();
  const std::uint64_t pixels = static_cast<std::uint64_t>(size.height) * static_cast<std::uint64_t>(size.width) *
                               static_cast<std::uint64_t>(options.channels());
  return images * pixels;
}

}  // namespace boxfeed
