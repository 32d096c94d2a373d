#pragma once

#include <boxfeed/transforms/transform.h>

#include <functional>
#include <map>
#include <string>

namespace boxfeed::transforms {

/// Makes a transform whose options the visitor sets.
using TransformMaker = std::function<Transform(FieldVisitor&)>;

/// Every transform of the library that can be written down, by its name.
const std::map<std::string, TransformMaker>& transform_registry();

}  // namespace boxfeed::transforms
