#pragma once

#include <boxfeed/core/image_size.h>

#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>

namespace localization {

/// A file of events that TensorBoard draws: numbers and pictures over the steps of a training.
///
/// It is only ever added to; TensorBoard reads it while it grows, and passes over an event that was cut off at its end.
/// Source: https://github.com/tensorflow/tensorboard/blob/master/tensorboard/compat/proto/event.proto
class EventFile {
 public:
  /// Begins a new file in `folder`, after those that are there. What older files say about `step` and later ones no
  /// longer counts. Throws: `boxfeed::Error` with `kIoWrite`, as all that follows.
  EventFile(const std::string& folder, std::int64_t step);

  void scalar(std::int64_t step, const std::string& tag, double value);
  /// `png` is the bytes of a PNG of this size.
  void image(std::int64_t step, const std::string& tag, std::string_view png, boxfeed::ImageSize size);

  const std::string& path() const noexcept { return path_; }

 private:
  void append(std::int64_t step, const std::string& fields);

  std::string path_;
  std::ofstream file_;
};

}  // namespace localization
