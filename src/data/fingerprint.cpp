#include "data/fingerprint.h"

#include <boxfeed/transforms/pipeline.h>
#include <xxhash.h>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>
#include <string_view>
#include <type_traits>

#include "data/cache_rules.h"

namespace boxfeed {

using namespace transforms;
namespace {

class Checksum {
 public:
  Checksum() { XXH3_64bits_reset(stream_.get()); }

  template <typename Number>
  void add(Number number) {
    static_assert(std::is_arithmetic_v<Number> || std::is_enum_v<Number>);
    XXH3_64bits_update(stream_.get(), &number, sizeof number);
  }
  template <typename Number>
  void add(Span<Number> numbers) {
    add(static_cast<std::uint64_t>(numbers.size()));
    for (const auto& number : numbers) add(number);
  }
  void add(std::string_view text) {
    add(static_cast<std::uint64_t>(text.size()));
    XXH3_64bits_update(stream_.get(), text.data(), text.size());
  }

  std::string text() const { return checksum_text(XXH3_64bits_digest(stream_.get())); }

 private:
  std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> stream_{XXH3_createState(), &XXH3_freeState};
};

Checksum checksum(const AnnotationTable& table) {
  Checksum sum;
  sum.add(table.box_units());
  sum.add(table.label_layout().box_format);
  for (const auto& column : table.label_layout().columns) {
    sum.add(std::string_view(column.name));
    sum.add(column.role);
    sum.add(static_cast<std::uint64_t>(column.component));
  }
  for (const auto& name : table.class_names()) sum.add(std::string_view(name));
  sum.add(static_cast<std::uint64_t>(table.size()));
  for (std::size_t i = 0; i < table.size(); ++i) {
    sum.add(table.name(i));
    for (const auto& box : table.boxes(i)) {
      for (const float side : {box.xmin, box.ymin, box.xmax, box.ymax}) sum.add(side);
    }
    sum.add(table.class_ids(i));
    for (const auto& point : table.keypoints(i)) {
      for (const float part : {point.x, point.y, point.visibility}) sum.add(part);
    }
    sum.add(table.numbers(i));
  }
  return sum;
}

// Whoever adds an option finds this, and adds it to the list and to its test.
static_assert(sizeof(BoxPolicy) == 28);

nlohmann::json json_of(const BoxPolicy& policy) {
  return {policy.crowds(),  policy.difficult(),        policy.inverted(),  policy.degenerate(),
          policy.outside(), policy.keypoint_outside(), policy.tolerance(), policy.keep_empty()};
}

nlohmann::json json_of(const DecodeOptions& options) {
  return {options.pixel_type(),        options.max_pixels(),
          options.max_side(),          options.max_scans(),
          options.apply_orientation(), options.background() ? nlohmann::json(*options.background()) : nlohmann::json(),
          options.allow_tiff()};
}

nlohmann::json json_of(ImageSize size) { return {size.height, size.width}; }

/// Everything but the pipeline.
nlohmann::json json_of(const DatasetOptions& options) {
  nlohmann::json json{{options.image_size().height, options.image_size().width},
                      options.channels(),
                      options.dtype(),
                      options.mean(),
                      options.std(),
                      options.memory_format(),
                      options.resize_mode(),
                      options.box_units(),
                      options.flip_pairs(),
                      json_of(options.box_policy()),
                      json_of(options.decode()),
                      static_cast<bool>(options.transform()),
                      static_cast<bool>(options.target_transform()),
                      options.target_size().value_or(0),
                      options.allow_outside_root(),
                      options.max_file_bytes()};
  if (options.cache() && moves_at_random(options)) json.push_back(json_of(cache_canvas(options)));
  return json;
}

}  // namespace

std::string checksum_text(std::uint64_t hash) {
  char digits[11];
  std::snprintf(digits, sizeof digits, "%010llx", static_cast<unsigned long long>(hash & 0xFFFFFFFFFFULL));
  return digits;
}

std::string cache_settings(const DatasetOptions& options, bool keeps_outputs) {
  nlohmann::json json{json_of(options.decode()), options.channels(), options.allow_outside_root(),
                      options.max_file_bytes(), options.resize_mode()};
  if (keeps_outputs) {
    json.push_back(json_of(options.image_size()));
    json.push_back(to_json(options.pipeline()));
  } else {
    json.push_back({"reduced", json_of(cache_canvas(options))});
  }
  return json.dump();
}

std::string fingerprint_of(const AnnotationTable& table, const DatasetOptions& options) {
  const auto text = [](const std::string& json) {
    Checksum sum;
    sum.add(std::string_view(json));
    return sum.text();
  };
  return "rows " + checksum(table).text() + ", options " + text(json_of(options).dump()) + ", pipeline " +
         text(to_json(options.pipeline()));
}

}  // namespace boxfeed
