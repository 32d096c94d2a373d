#pragma once

#include <boxfeed/transforms/pipeline.h>

#include <string>

namespace boxfeed::transforms {

/// A pipeline by name: "none", "light" or "strong", for finding one object or several in photographs.
///
/// Light flips, moves, scales and turns a little, and jitters color; each box keeps half of its area. Strong brings
/// the objects to any place, larger or smaller, whole, and distorts or takes away color. None of them fixes a size:
/// `then(Resize(...))` or a dataset's own size does. Throws: `std::invalid_argument` for another name.
Pipeline augmentation_preset(const std::string& name);

}  // namespace boxfeed::transforms
