#pragma once

#include <boxfeed/core/error.h>
#include <boxfeed/image/byte_view.h>

#include <string>

namespace boxfeed {

/// An image's bytes and, for the messages, its path.
struct ImageSource {
  ByteView bytes;
  const std::string& path;

  [[noreturn]] void fail(Reason reason, const std::string& message) const { throw ImageError(reason, path, message); }
};

}  // namespace boxfeed
