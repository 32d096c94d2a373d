#include "data/options.h"

#include <c10/core/ScalarType.h>

#include <algorithm>
#include <stdexcept>
#include <string>

#include "core/number_text.h"

namespace boxfeed {
namespace {

void demand(bool condition, const std::string& expected, const std::string& found) {
  if (!condition) throw std::invalid_argument("DatasetOptions: expected " + expected + ", got " + found);
}

void check_channel_values(const char* name, const std::vector<float>& values, const DatasetOptions& options) {
  if (values.empty()) return;
  const auto count = static_cast<std::int64_t>(values.size());
  demand(options.dtype() == c10::ScalarType::Float, std::string("no ") + name + " with uint8 pixels",
         std::to_string(count) + " values");
  demand(count == 1 || count == options.channels(),
         std::string(name) + " to have 1 value or " + std::to_string(options.channels()), std::to_string(count));
  const bool normalizes = transforms::to_json(options.pipeline()).find("\"Normalize\"") != std::string::npos;
  demand(!normalizes, std::string("no ") + name + " beside a Normalize in the pipeline",
         std::to_string(count) + " values");
}

void check_mean_and_std(const DatasetOptions& options) {
  check_channel_values("mean", options.mean(), options);
  check_channel_values("std", options.std(), options);
  const char* const units = " (the units are those of pixels in [0, 1]: 123.7 of 255 is 0.485)";
  for (const float value : options.mean()) {
    demand(value >= 0 && value <= 1, "mean from 0 to 1", float_text(value) + units);
  }
  for (const float value : options.std()) {
    demand(value > 0 && value <= 1, "std above 0 and at most 1", float_text(value) + units);
  }
}

void check_cache(const DatasetOptions& options) {
  demand(options.decode().pixel_type() == PixelType::kUInt8, "no cache where images are decoded to floats", "one");
  const auto side = std::max(options.image_size().height, options.image_size().width);
  const auto longest = options.cache()->max_side().value_or(side);
  demand(longest >= side && longest <= 65535,
         "a cache with max_side from " + std::to_string(side) + ", the output's longer side, to 65535",
         std::to_string(longest));
}

}  // namespace

void check_options(const DatasetOptions& options) {
  const auto size = options.image_size();
  demand(size.height > 0 && size.width > 0 && size.height <= 32768 && size.width <= 32768,
         "image_size of 1 to 32768 pixels a side",
         "{" + std::to_string(size.height) + ", " + std::to_string(size.width) + "}");
  demand(options.channels() == 1 || options.channels() == 3, "channels to be 1 or 3",
         std::to_string(options.channels()));
  demand(options.dtype() == c10::ScalarType::Float || options.dtype() == c10::ScalarType::Byte,
         "dtype to be Float or Byte", c10::toString(options.dtype()));
  demand(options.memory_format() == c10::MemoryFormat::Contiguous ||
             options.memory_format() == c10::MemoryFormat::ChannelsLast,
         "memory_format to be Contiguous or ChannelsLast", std::to_string(static_cast<int>(options.memory_format())));
  demand(options.dtype() == c10::ScalarType::Float || options.decode().pixel_type() == PixelType::kUInt8,
         "dtype to be Float where images are decoded to floats", "Byte");
  check_mean_and_std(options);
  if (options.cache()) check_cache(options);
  if (options.target_size()) {
    demand(static_cast<bool>(options.target_transform()), "target_size only with a target_transform",
           std::to_string(*options.target_size()));
    demand(*options.target_size() > 0, "target_size above 0", std::to_string(*options.target_size()));
  }
}

RowSpec image_spec(const DatasetOptions& options) {
  return {{options.channels(), options.image_size().height, options.image_size().width},
          options.dtype(),
          options.memory_format()};
}

ChannelValues for_each_channel(const std::vector<float>& values, float otherwise) {
  if (values.empty()) return {otherwise, otherwise, otherwise};
  if (values.size() == 1) return {values[0], values[0], values[0]};
  return {values.at(0), values.at(1), values.at(2)};
}

}  // namespace boxfeed
