#include "data/fingerprint.h"

#include <boxfeed/transforms/pipeline_json.h>
#include <xxhash.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <string>

namespace boxfeed {

using namespace transforms;

struct Fingerprint::State {
  State() { XXH3_64bits_reset(stream.get()); }

  void add_bytes(const void* bytes, std::size_t count) { XXH3_64bits_update(stream.get(), bytes, count); }

  template <typename Number>
  void add(Number number) {
    static_assert(std::is_arithmetic_v<Number> || std::is_enum_v<Number>);
    add_bytes(&number, sizeof number);
  }

  template <typename Values>
  void add_all(const Values& values) {
    add(static_cast<std::uint64_t>(values.size()));
    for (const auto& value : values) add(value);
  }

  void add_text(std::string_view text) {
    add(static_cast<std::uint64_t>(text.size()));
    add_bytes(text.data(), text.size());
  }

  std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> stream{XXH3_createState(), &XXH3_freeState};
};

Fingerprint::Fingerprint() : state_(std::make_unique<State>()) {}
Fingerprint::~Fingerprint() = default;

void Fingerprint::add(const AnnotationTable& table) {
  auto& s = *state_;
  s.add(table.box_units());
  s.add(table.label_layout().box_format);
  for (const auto& column : table.label_layout().columns) {
    s.add_text(column.name);
    s.add(column.kind);
    s.add(static_cast<std::uint64_t>(column.component));
  }
  for (const auto& name : table.class_names()) s.add_text(name);
  s.add(static_cast<std::uint64_t>(table.size()));
  for (std::size_t i = 0; i < table.size(); ++i) {
    s.add_text(table.name(i));
    for (const auto& box : table.boxes(i)) {
      for (const float side : {box.xmin, box.ymin, box.xmax, box.ymax}) s.add(side);
    }
    s.add_all(table.class_ids(i));
    for (const auto& point : table.keypoints(i)) {
      for (const float part : {point.x, point.y, point.visibility}) s.add(part);
    }
    s.add_all(table.numbers(i));
  }
}

void Fingerprint::add(const DatasetOptions& options) {
  auto& s = *state_;
  s.add(options.image_size().height);
  s.add(options.image_size().width);
  s.add(options.channels());
  s.add(options.dtype());
  s.add_all(options.mean());
  s.add_all(options.std());
  s.add(options.memory_format());
  s.add(options.resize_mode());
  s.add(options.resample().interpolation());
  s.add(options.resample().antialias());
  s.add_all(options.resample().fill());
  s.add(options.box_units());
  for (const auto& pair : options.flip_pairs()) s.add_all(pair);
  s.add(static_cast<bool>(options.transform()));
  s.add(static_cast<bool>(options.target_transform()));
  s.add(options.target_size().value_or(0));
  s.add(options.decode().apply_orientation());
  s.add(options.decode().background().has_value());
  s.add_all(options.decode().background().value_or(Color{}));
  s.add(options.decode().damaged_data());
  s.add(options.decode().pixel_type());
}

void Fingerprint::add(const Pipeline& pipeline) { state_->add_text(to_json(pipeline)); }

std::uint64_t Fingerprint::value() const { return XXH3_64bits_digest(state_->stream.get()); }

std::string fingerprint_of(const AnnotationTable& table, const DatasetOptions& options) {
  // Forty bits each: a loader's state holds no long texts.
  const auto text = [](const auto& part) {
    Fingerprint sum;
    sum.add(part);
    std::array<char, 11> digits{};
    std::snprintf(digits.data(), digits.size(), "%010llx",
                  static_cast<unsigned long long>(sum.value() & 0xFFFFFFFFFFULL));
    return std::string(digits.data());
  };
  std::string all = "rows " + text(table) + ", options " + text(options);
  if (options.pipeline()) all += ", pipeline " + text(*options.pipeline());
  return all;
}

}  // namespace boxfeed
