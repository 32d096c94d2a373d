#pragma once

#include <boxfeed/core/error.h>

#include <exception>
#include <string>
#include <utility>

namespace boxfeed {

/// What a user's `function` returns. What it throws becomes an `ImageError` about `path`, with the exception nested in
/// it.
template <typename Function>
decltype(auto) call_hook(const char* name, const std::string& path, Function&& function) {
  try {
    return std::forward<Function>(function)();
  } catch (const std::exception& error) {
    std::throw_with_nested(ImageError(Reason::kHook, path, std::string("the ") + name + " threw: " + error.what()));
  }
}

}  // namespace boxfeed
