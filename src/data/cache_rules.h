#pragma once

#include <boxfeed/core/image_size.h>
#include <boxfeed/data/dataset_options.h>
#include <boxfeed/transforms/plan.h>

#include <cstddef>
#include <cstdint>

namespace boxfeed {

/// True where random numbers move the images of a dataset with these options, as far as a hundred examples show it:
/// where it is seldom enough to be missed, these few images are decoded from their files.
bool moves_at_random(const DatasetOptions& options);

/// The size of the output in which images that move at random are kept as large as they would be: `max_side` long.
ImageSize cache_canvas(const DatasetOptions& options);

/// The size at which an image that moves at random is kept.
ImageSize cached_size(ImageSize displayed, const DatasetOptions& options);

/// Names the pixels that a plan makes before their colors are changed; never 0.
std::uint64_t view_of(const transforms::Plan& plan);

/// The most bytes that a cache of `images` images would hold: of the output's pixels or, with transforms, the canvas'.
std::uint64_t cache_bytes(std::size_t images, const DatasetOptions& options);

}  // namespace boxfeed
