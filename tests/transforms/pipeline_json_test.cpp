#include <boxfeed/core/error.h>
#include <boxfeed/transforms/color.h>
#include <boxfeed/transforms/compose.h>
#include <boxfeed/transforms/geometry.h>
#include <boxfeed/transforms/mix.h>
#include <boxfeed/transforms/pipeline.h>
#include <boxfeed/transforms/transform.h>

#include <nlohmann/json.hpp>

#include "support/catch.h"
#include "transforms/drawing.h"
#include "transforms/registry.h"

using namespace boxfeed;
using namespace boxfeed::transforms;
using Catch::Matchers::ContainsSubstring;

namespace {

/// Sets nothing but what a composed transform needs.
struct Defaults final : FieldVisitor {
  void visit(const char*, Field field, Limits) override {
    if (auto* const* transforms = std::get_if<std::vector<Transform>*>(&field)) **transforms = {RandomHorizontalFlip()};
  }
};

constexpr const char* kOptions = R"(CenterCrop: size
CenterResizedCrop: size
ClampBoundingBoxes:
ColorJitter: brightness contrast saturation hue
Compose: transforms
GaussianBlur: kernel_size sigma
GaussianNoise: mean sigma
JPEG: quality
KeepBoundingBoxes: transforms min_size min_area min_visibility attempts
LetterBox: size center
Normalize: mean std
Pad: left top right bottom
RandomAffine: degrees translate scale shear
RandomApply: transforms p
RandomAutocontrast: p
RandomChoice: transforms p
RandomCrop: size padding pad_if_needed
RandomEqualize: p
RandomErasing: p scale ratio value
RandomGrayscale: p
RandomHorizontalFlip: p
RandomIoUCrop: min_scale max_scale min_aspect_ratio max_aspect_ratio sampler_options trials
RandomOrder: transforms
RandomPerspective: distortion_scale p
RandomPhotometricDistort: brightness contrast saturation hue p
RandomPosterize: bits p
RandomResizedCrop: size scale ratio
RandomRotation: degrees expand
RandomVerticalFlip: p
RandomZoomOut: side_range p
Resize: size max_size
SanitizeBoundingBoxes: min_size min_area min_visibility
ScaleJitter: target_size scale_range
)";

}  // namespace

TEST_CASE("a pipeline is written with all of its options") {
  const Pipeline pipeline({RandomApply({RandomRotation(10)}, 0.25), CenterCrop({20, 30})},
                          PipelineOptions().clip(false).resample(ResampleOptions().fill(Color{1, 2, 3})));
  CHECK(nlohmann::json::parse(to_json(pipeline)) == nlohmann::json::parse(R"({
    "transforms": [
      {"name": "RandomApply", "p": 0.25, "transforms": [{"name": "RandomRotation", "degrees": [-10.0, 10.0], "expand": false}]},
      {"name": "CenterCrop", "size": [20, 30]}],
    "antialias": true, "fill": [1.0, 2.0, 3.0], "clip": false, "interpolation": "bilinear",
    "min_size": 1.0, "min_area": 1.0, "min_visibility": 0.0})"));
}

TEST_CASE("every transform comes back from its text as it was") {
  CHECK(transform_registry().size() == 33);
  for (const auto& [name, make] : transform_registry()) {
    INFO(name);
    Defaults defaults;
    const std::string text = to_json(Pipeline({make(defaults)}));
    CHECK(to_json(pipeline_from_json(text)) == text);
  }
}

TEST_CASE("every transform is written with all of its options that have a value") {
  std::string options;
  for (const auto& [name, make] : transform_registry()) {
    Defaults defaults;
    const auto json = nlohmann::ordered_json::parse(to_json(Pipeline({make(defaults)})));
    options += name + ":";
    for (const auto& [key, value] : json["transforms"][0].items()) options += key == "name" ? "" : " " + key;
    options += "\n";
  }
  CHECK(options == kOptions);
}

TEST_CASE("a pipeline out of its text draws the same plans") {
  for (const char* preset : {"none", "light", "strong"}) {
    const Pipeline pipeline = augmentation_preset(preset);
    const Pipeline back = pipeline_from_json(to_json(pipeline));
    for (std::uint64_t i = 0; i < 200; ++i) {
      const SampleGeometry sample{{100, 150}, {{20, 30, 80, 90}}, {{50, 50, 2}}, 1};
      const Plan plan = pipeline.draw(sample, Random(1, 2, i)), again = back.draw(sample, Random(1, 2, i));
      REQUIRE(again.explain() == plan.explain());
      REQUIRE(again.map.entries() == plan.map.entries());
      REQUIRE(again.boxes == plan.boxes);
      REQUIRE(again.keypoints == plan.keypoints);
    }
  }
}

TEST_CASE("every option comes back as it was set") {
  const Pipeline pipeline(
      {Resize(30).max_size(50), Resize({20, 30}), RandomRotation(5).center({3, 4}),
       RandomAffine(3).translate({0.1, 0.2}).scale({0.5, 2}).shear({-1, 2, -3, 4}), ColorJitter().hue({-0.1, 0.2}),
       KeepBoundingBoxes({RandomIoUCrop()}).attempts(3), RandomChoice({Pad(1), Pad(2)}, {1, 3})},
      PipelineOptions()
          .resample(ResampleOptions().fill(Color{1, 2, 3}).interpolation(Interpolation::kNearest))
          .sanitize(SanitizeBoundingBoxes().min_size(2).min_area(3).min_visibility(0.25)));
  const std::string text = to_json(pipeline);
  CHECK(to_json(pipeline_from_json(text)) == text);
  for (const char* part :
       {"[30]", "[20,30]", "[3.0,4.0]", "[0.1,0.2]", "[-1.0,2.0,-3.0,4.0]", "[-0.1,0.2]", "\"attempts\":3", "[1.0,3.0]",
        "\"fill\":[1,2,3]", "\"nearest\"", "\"min_size\":2.0", "\"min_visibility\":0.25"}) {
    CHECK_THAT(nlohmann::json::parse(text).dump(), ContainsSubstring(part));
  }
}

TEST_CASE("what is missing has its default") {
  const Pipeline pipeline = pipeline_from_json(R"({"transforms": [{"name": "RandomHorizontalFlip"}]})");
  CHECK(to_json(pipeline) == to_json(Pipeline({RandomHorizontalFlip()})));
}

TEST_CASE("a user's own transform is found by its name") {
  const Transform own = LambdaGeometry("Mine", [](const SampleGeometry& sample, Random&) {
    return DrawnMap{PlaneMap::translation(1, 0), sample.size, {}};
  });
  const std::string text = to_json(Pipeline({own}));
  CHECK_THAT(text, ContainsSubstring("\"Mine\""));
  CHECK(pipeline_from_json(text, {own}).draw({{5, 5}, {}, {}, 0}, Random(1, 0, 0)).map.entries()[2] == 1);
  CHECK_THROWS_WITH(pipeline_from_json(text), ContainsSubstring("an unknown name \"Mine\""));
}

TEST_CASE("texts that cannot be are refused with the place") {
  const auto check = [](const std::string& text, const std::string& message) {
    INFO(text);
    try {
      static_cast<void>(pipeline_from_json(text));
      FAIL("expected an error");
    } catch (const Error& error) {
      CHECK(error.reason() == Reason::kBadState);
      CHECK_THAT(error.what(), ContainsSubstring(message));
    }
  };
  check("", "expected a JSON object");
  check("{", "expected a JSON object");
  check("[1]", "expected a JSON object");
  check("\xff\xfe{}", "expected a JSON object");
  check(R"({"transform": []})", "an unknown option \"transform\"");
  check(R"({"transforms": 5})", "expected a list of transforms, got \"5\"");
  check(R"({"transforms": [{"p": 1}]})", "expected {\"name\"");
  check(R"({"transforms": [{"name": "Rotate"}]})", "an unknown name \"Rotate\"");
  check(R"({"transforms": [{"name": "RandomHorizontalFlip", "q": 1}]})",
        "RandomHorizontalFlip: an unknown option \"q\"");
  check(R"({"transforms": [{"name": "RandomHorizontalFlip", "p": "x"}]})", "p: expected a number");
  check(R"({"transforms": [{"name": "RandomHorizontalFlip", "p": 2}]})",
        "pipeline: a transform: RandomHorizontalFlip: p: expected a number from 0 to 1, got 2");
  check(R"({"transforms": [{"name": "CenterCrop", "size": [1.5, 2]}]})", "size: expected a whole number");
  check(R"({"transforms": [{"name": "CenterCrop", "size": [1e300, 2]}]})", "size: expected a whole number");
  check(R"({"transforms": [{"name": "RandomRotation", "degrees": 10}]})", "degrees: expected [low, high]");
  check(R"({"transforms": [{"name": "RandomRotation", "degrees": [1, 2, 3]}]})",
        "degrees: expected [low, high], got \"[1,2,3]\"");
  check(R"({"fill": [1, 2]})", "fill: expected three whole numbers");
  check(R"({"fill": [1, 2, 300]})", "fill: expected three whole numbers");
  check(R"({"interpolation": "lanczos"})", "expected nearest, bilinear or bicubic");
  check(R"({"min_visibility": 2})", "min_visibility");
  check(std::string(2 << 20, ' '), "at most 1 MiB");
  check(R"({"fill": )" + std::string(500000, '['), "values inside each other");
  check(R"({"fill": )" + std::string(500000, '[') + std::string(500000, ']') + "}", "values inside each other");
  std::string deep, ends;
  for (int i = 0; i < 25; ++i) {
    deep += R"({"name": "Compose", "transforms": [)";
    ends += "]}";
  }
  check(R"({"transforms": [)" + deep + ends + "]}", "inside each other");
}

TEST_CASE("presets keep half of each box, and strong is stronger") {
  CHECK_THROWS_WITH(augmentation_preset("wild"), "augmentation_preset: expected none, light or strong, got \"wild\"");
  const Box box{60, 40, 110, 80};
  const auto spread = [&](const char* name) {
    double sum = 0;
    for (std::uint64_t i = 0; i < 500; ++i) {
      const Plan plan = augmentation_preset(name).draw({{120, 160}, {box}, {}, 0}, Random(4, 0, i));
      REQUIRE(plan.boxes.size() == 1);
      const Box& moved = plan.boxes[0];
      sum += std::abs((moved.xmin + moved.xmax) / 2 / static_cast<float>(plan.size.width) - 85.0F / 160);
    }
    return sum / 500;
  };
  CHECK(spread("none") == Approx(0).margin(1e-6));
  CHECK(spread("light") > 0.02);
  CHECK(spread("strong") > 1.3 * spread("light"));
}

TEST_CASE("a mix is written with its pipeline and comes back") {
  const std::vector<Mix> mixes{Mosaic().p(0.25).center({0.3, 0.6}), MixUp().alpha(8),
                               CutMix().sanitize(SanitizeBoundingBoxes().min_visibility(0.5))};
  for (const auto& mix : mixes) {
    CAPTURE(mix_name(mix));
    const std::string text = to_json(Pipeline({RandomHorizontalFlip()}, PipelineOptions().mix(mix)));
    CHECK(to_json(pipeline_from_json(text)) == text);
  }
  CHECK(nlohmann::json::parse(to_json(Pipeline({}, PipelineOptions().mix(mixes[0]))))["mix"] ==
        nlohmann::json::parse(R"({"name": "Mosaic", "p": 0.25, "center": [0.3, 0.6]})"));
  CHECK_THROWS_WITH(pipeline_from_json(R"({"mix": {"name": "Blend"}})"),
                    ContainsSubstring("mix: expected the name Mosaic, MixUp or CutMix, got \"Blend\""));
  CHECK_THROWS_WITH(pipeline_from_json(R"({"mix": {"name": "MixUp", "beta": 1}})"), ContainsSubstring("\"beta\""));
  CHECK_THROWS_WITH(pipeline_from_json(R"({"mix": {"name": "MixUp", "p": 2}})"), ContainsSubstring("MixUp: p"));
  CHECK_THROWS_WITH(pipeline_from_json(R"({"mix": ["Mosaic"]})"), ContainsSubstring("expected an object"));
}
