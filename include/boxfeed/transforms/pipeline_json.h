#pragma once

#include <boxfeed/transforms/pipeline.h>

#include <string>
#include <string_view>
#include <vector>

namespace boxfeed::transforms {

/// The pipeline as JSON, every option with it: what is saved beside weights, so that use preprocesses as training did.
///
/// A user's own transform stands there by its name alone.
std::string to_json(const Pipeline& pipeline);

/// The pipeline that a text of `to_json` describes, or one written by hand: options that are missing have their
/// defaults. A name that is not one of this library's is looked up in `own`.
///
/// Throws: `Error` with `kBadState` for a text that is no JSON, a name or an option that is not known, and a value that
/// cannot be.
Pipeline pipeline_from_json(std::string_view text, const std::vector<Transform>& own = {});

}  // namespace boxfeed::transforms
