#include "data/fingerprint.h"

#include <boxfeed/annotations/annotation_table_builder.h>
#include <boxfeed/transforms/color.h>
#include <boxfeed/transforms/geometry.h>
#include <torch/types.h>

#include <functional>
#include <set>
#include <utility>
#include <vector>

#include "support/catch.h"

using namespace boxfeed;
using transforms::Pipeline;
using transforms::PipelineOptions;

namespace {

AnnotationRecord record() {
  AnnotationRecord record;
  record.name = "a.jpg";
  record.boxes = {{1, 2, 3, 4}};
  record.class_ids = {0};
  record.numbers = {5};
  record.keypoints = {{6, 7, 1}};
  return record;
}

AnnotationTable table_of(const AnnotationRecord& record, AnnotationTableInfo info = {}) {
  info.class_names = {"cat", "dog"};
  AnnotationTableBuilder builder(std::move(info));
  builder.add(record);
  return builder.build();
}

/// The checksum of options.
std::string fingerprint(const DatasetOptions& options) { return fingerprint_of(AnnotationTable(), options); }

/// Every change alone gives another fingerprint, and no two the same.
template <typename Options>
void check_changes(const std::vector<std::function<void(Options&)>>& changes,
                   const std::function<std::string(const Options&)>& fingerprint_with) {
  std::set<std::string> seen{fingerprint_with(Options())};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    CAPTURE(i);
    Options options;
    changes[i](options);
    CHECK(seen.insert(fingerprint_with(options)).second);
  }
}

}  // namespace

TEST_CASE("every part of a record changes the fingerprint") {
  const auto of = [](const AnnotationRecord& one, AnnotationTableInfo info = {}) {
    return fingerprint_of(table_of(one, std::move(info)), {});
  };
  const auto base = record();
  CHECK(of(base) == of(base));
  auto other = base;
  other.name = "b.jpg";
  CHECK(of(other) != of(base));
  other = base;
  other.boxes[0].ymax = 4.5F;
  CHECK(of(other) != of(base));
  other = base;
  other.class_ids = {1};
  CHECK(of(other) != of(base));
  other = base;
  other.numbers = {5.5F};
  CHECK(of(other) != of(base));
  other = base;
  other.keypoints[0].visibility = 2;
  CHECK(of(other) != of(base));
  AnnotationTableInfo info;
  info.label_layout.box_format = BoxFormat::kXYXY;
  CHECK(of(base, info) != of(base));
  // The same columns in another order, and texts that would be the same one after the other.
  AnnotationTableInfo columns, other_columns;
  columns.label_layout.columns = {{"a", ColumnRole::kNumber, 0}, {"b", ColumnRole::kNumber, 1}};
  other_columns.label_layout.columns = {{"a", ColumnRole::kNumber, 1}, {"b", ColumnRole::kNumber, 0}};
  CHECK(of(base, columns) != of(base, other_columns));
  const auto names = [](const std::string& first, const std::string& second) {
    AnnotationTableInfo named;
    named.class_names = {first, second};
    return fingerprint_of(AnnotationTableBuilder(std::move(named)).build(), {});
  };
  CHECK(names("ab", "c") != names("a", "bc"));
}

TEST_CASE("the rows count one by one, in their order") {
  AnnotationTableBuilder builder;
  AnnotationRecord a = record(), b = record();
  a.class_ids = b.class_ids = {};
  b.name = "b.jpg";
  builder.add(a);
  builder.add(b);
  const auto table = builder.build();
  CHECK(fingerprint_of(table, {}) != fingerprint_of(table.subset({0}), {}));
  CHECK(fingerprint_of(table, {}) != fingerprint_of(table.subset({1, 0}), {}));
  CHECK(fingerprint_of(table, {}) == fingerprint_of(table.subset({0, 1}), {}));
  AnnotationTableBuilder other;
  b.numbers = {6};
  other.add(a);
  other.add(b);
  CHECK(fingerprint_of(other.build(), {}) != fingerprint_of(table, {}));
}

TEST_CASE("each option of a dataset changes the fingerprint, and it says which kind of thing differs") {
  using D = DatasetOptions;
  check_changes<D>(
      {[](D& o) {
         o.image_size({244, 245});
       },
       [](D& o) {
         o.image_size({245, 244});
       },
       [](D& o) { o.channels(1); }, [](D& o) { o.dtype(torch::kUInt8); }, [](D& o) { o.mean({0.5F}); },
       [](D& o) { o.std({0.5F}); }, [](D& o) { o.memory_format(c10::MemoryFormat::ChannelsLast); },
       [](D& o) { o.pipeline(Pipeline({}, PipelineOptions().clip(false))); },
       [](D& o) {
         o.flip_pairs({{0, 1}});
       },
       [](D& o) { o.resize_mode(ResizeMode::kCover); }, [](D& o) { o.box_units(BoxUnits::kFractions); },
       [](D& o) { o.box_policy(BoxPolicy().outside(BoxAction::kFix)); }, [](D& o) { o.transform([](cv::Mat&) {}); },
       [](D& o) { o.target_transform([](const std::vector<float>& v) { return v; }); }, [](D& o) { o.target_size(1); },
       [](D& o) { o.decode(DecodeOptions().max_scans(7)); }, [](D& o) { o.allow_outside_root(true); },
       [](D& o) { o.max_file_bytes(1000); }},
      fingerprint);
  const auto parts = [](const std::string& text) {
    return std::vector<std::string>{text.substr(0, text.find(", options")), text.substr(text.find("options"), 18),
                                    text.substr(text.find("pipeline"))};
  };
  const auto plain = parts(fingerprint({}));
  const auto other_size = parts(fingerprint(DatasetOptions().image_size(100)));
  CHECK(other_size[0] == plain[0]);
  CHECK(other_size[1] != plain[1]);
  CHECK(other_size[2] == plain[2]);
}

TEST_CASE("opening the files beforehand changes nothing that is delivered, and not the fingerprint") {
  CHECK(fingerprint(DatasetOptions().check_files(true)) == fingerprint({}));
}

TEST_CASE("a cache is in the fingerprint where it changes pixels: by max_side, where images move at random") {
  const auto with = [](const Pipeline& pipeline, const CacheOptions& cache) {
    return fingerprint(DatasetOptions().pipeline(pipeline).cache(cache));
  };
  const Pipeline colors({transforms::ColorJitter(0.5)}), flips({transforms::RandomHorizontalFlip()});
  for (const auto& still : {Pipeline(), colors}) {
    const auto plain = fingerprint(DatasetOptions().pipeline(still));
    CHECK(with(still, CacheOptions()) == plain);
    CHECK(with(still, CacheOptions().max_side(300)) == plain);
  }
  const auto moving = with(flips, CacheOptions());
  CHECK(moving != fingerprint(DatasetOptions().pipeline(flips)));
  CHECK(with(flips, CacheOptions().path("a file").max_bytes(1)) == moving);
  CHECK(with(flips, CacheOptions().max_side(488)) == moving);
  CHECK(with(flips, CacheOptions().max_side(489)) != moving);
}

TEST_CASE("each option of the box policy changes the fingerprint") {
  using P = BoxPolicy;
  check_changes<P>(
      {[](P& p) { p.inverted(BoxAction::kFix); }, [](P& p) { p.inverted(BoxAction::kSkip); },
       [](P& p) { p.degenerate(BoxAction::kSkip); }, [](P& p) { p.outside(BoxAction::kFix); },
       [](P& p) { p.outside(BoxAction::kSkip); }, [](P& p) { p.tolerance(0.5F); }, [](P& p) { p.keep_empty(false); },
       [](P& p) { p.keypoint_outside(BoxAction::kFix); }, [](P& p) { p.keypoint_outside(BoxAction::kSkip); },
       [](P& p) { p.crowds(true); }, [](P& p) { p.difficult(false); }},
      [](const P& policy) { return fingerprint(DatasetOptions().box_policy(policy)); });
}

TEST_CASE("each option of decoding changes the fingerprint") {
  using O = DecodeOptions;
  check_changes<O>({[](O& o) { o.pixel_type(PixelType::kFloat32); }, [](O& o) { o.max_pixels(5); },
                    [](O& o) { o.max_side(5); }, [](O& o) { o.max_scans(5); }, [](O& o) { o.apply_orientation(false); },
                    [](O& o) {
                      o.background(Color{0, 0, 0});
                    },
                    [](O& o) {
                      o.background(Color{1, 0, 0});
                    },
                    [](O& o) { o.allow_tiff(true); }},
                   [](const O& decode) { return fingerprint(DatasetOptions().decode(decode)); });
}

TEST_CASE("each option of a pipeline changes the fingerprint") {
  using P = PipelineOptions;
  check_changes<P>(
      {[](P& p) { p.clip(false); }, [](P& p) { p.resample(ResampleOptions().interpolation(Interpolation::kBicubic)); },
       [](P& p) { p.resample(ResampleOptions().antialias(false)); },
       [](P& p) {
         p.resample(ResampleOptions().fill(Color{1, 2, 3}));
       },
       [](P& p) { p.sanitize(transforms::SanitizeBoundingBoxes().min_size(3)); },
       [](P& p) { p.sanitize(transforms::SanitizeBoundingBoxes().min_area(30)); },
       [](P& p) { p.sanitize(transforms::SanitizeBoundingBoxes().min_visibility(0.5)); },
       [](P& p) { p.mix(transforms::Mosaic()); }, [](P& p) { p.mix(transforms::MixUp()); },
       [](P& p) { p.mix(transforms::MixUp().alpha(0.5)); }},
      [](const P& options) { return fingerprint(DatasetOptions().pipeline(Pipeline({}, options))); });
}
