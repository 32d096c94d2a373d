#pragma once

#include <boxfeed/transforms/transform.h>

#include <map>
#include <string>

namespace boxfeed::transforms {

/// Every transform of the library, by its name: makes one whose options the visitor sets.
const std::map<std::string, Transform (*)(FieldVisitor&)>& transform_registry();

}  // namespace boxfeed::transforms
