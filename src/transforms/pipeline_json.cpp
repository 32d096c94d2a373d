#include <boxfeed/core/error.h>
#include <boxfeed/transforms/pipeline.h>

#include <algorithm>
#include <stdexcept>

#include "transforms/json_fields.h"

namespace boxfeed::transforms {
namespace {

constexpr std::size_t kMaxText = 1 << 20;

constexpr const char* kInterpolations[] = {"nearest", "bilinear", "bicubic"};

Interpolation interpolation_of(const std::string& name) {
  for (std::size_t i = 0; i < 3; ++i) {
    if (name == kInterpolations[i]) return static_cast<Interpolation>(i);
  }
  refuse_pipeline("interpolation", "expected nearest, bilinear or bicubic, got " + quoted(name));
}

Json written(Mix mix) {
  return std::visit(
      [](auto& kind) {
        Json out{{"name", kind.kName}};
        JsonWriter writer(out);
        kind.fields(writer);
        return out;
      },
      mix);
}

/// Sets `mix` to a `Kind` if that is its name.
template <typename Kind>
void read_kind(const std::string& name, JsonReader& reader, std::optional<Mix>& mix) {
  if (name != Kind::kName) return;
  Kind kind;
  kind.fields(reader);
  mix = kind;
}

Mix read_mix(const Json& json, const std::vector<Transform>& own) {
  JsonReader reader(json, "mix", own);
  std::string name;
  reader.field("name", name);
  std::optional<Mix> mix;
  read_kind<Mosaic>(name, reader, mix);
  read_kind<MixUp>(name, reader, mix);
  read_kind<CutMix>(name, reader, mix);
  if (!mix) refuse_pipeline("mix", "expected the name Mosaic, MixUp or CutMix, got " + boxfeed::quoted(name));
  reader.check_all_known();
  return *mix;
}

/// The options, in either direction.
void show_options(PipelineOptions& options, std::vector<Transform>& transforms, FieldVisitor& visitor) {
  visitor.field("transforms", transforms);
  bool antialias = options.resample().antialias(), clip = options.clip();
  visitor.field("antialias", antialias);
  const Color& fill = options.resample().fill();
  std::vector<std::int64_t> color(fill.begin(), fill.end());
  visitor.field("fill", color, {0, 255});
  visitor.field("clip", clip);
  auto sanitize = options.sanitize();
  sanitize.fields(visitor);
  const auto is_level = [](std::int64_t value) { return value >= 0 && value <= 255; };
  if (color.size() != 3 || !std::all_of(color.begin(), color.end(), is_level)) {
    refuse_pipeline("fill", "expected three whole numbers from 0 to 255");
  }
  Color new_fill{};
  for (std::size_t i = 0; i < 3; ++i) new_fill[i] = static_cast<std::uint8_t>(color[i]);
  auto resample = options.resample();
  options.resample(resample.antialias(antialias).fill(new_fill)).clip(clip).sanitize(sanitize);
}

}  // namespace

std::string to_json(const Pipeline& pipeline) {
  Json out = Json::object();
  JsonWriter writer(out);
  auto options = pipeline.options();
  auto transforms = pipeline.transforms();
  show_options(options, transforms, writer);
  out["interpolation"] = kInterpolations[static_cast<std::size_t>(options.resample().interpolation())];
  if (options.mix()) out["mix"] = written(*options.mix());
  return out.dump(2, ' ', false, Json::error_handler_t::replace);
}

Pipeline pipeline_from_json(std::string_view text, const std::vector<Transform>& own) {
  if (text.size() > kMaxText)
    refuse_pipeline("the text", "expected at most 1 MiB, got " + std::to_string(text.size()) + " bytes");
  // What lies too deep is not even kept: to print it would take a stack of its depth.
  bool too_deep = false;
  const auto shallow = [&too_deep](int depth, Json::parse_event_t, Json&) {
    too_deep = too_deep || depth > 3 * kMaxPipelineDepth;
    return !too_deep;
  };
  const Json json = Json::parse(text.begin(), text.end(), shallow, false);
  if (too_deep)
    refuse_pipeline("the text",
                    "expected at most " + std::to_string(3 * kMaxPipelineDepth) + " values inside each other");
  if (!json.is_object()) refuse_pipeline("the text", "expected a JSON object");
  JsonReader reader(json, "the pipeline", own);
  PipelineOptions options;
  std::vector<Transform> transforms;
  show_options(options, transforms, reader);
  std::string interpolation = kInterpolations[static_cast<std::size_t>(options.resample().interpolation())];
  reader.field("interpolation", interpolation);
  auto resample = options.resample();
  options.resample(resample.interpolation(interpolation_of(interpolation)));
  if (const Json* mix = reader.object("mix")) options.mix(read_mix(*mix, own));
  reader.check_all_known();
  try {
    return Pipeline(std::move(transforms), std::move(options));
  } catch (const std::invalid_argument& error) {
    refuse_pipeline("the pipeline", error.what());
  }
}

}  // namespace boxfeed::transforms
