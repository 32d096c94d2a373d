#include "data/data_sets.h"

#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/annotations/annotation_table_builder.h>
#include <boxfeed/core/error.h>
#include <boxfeed/core/plane_map.h>
#include <boxfeed/core/random.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

#include "data/augmentation.h"

namespace localization {
namespace {

using boxfeed::AnnotationError;
using boxfeed::AnnotationTable;
using boxfeed::Reason;
using boxfeed::transforms::Plan;
using Remarks = std::vector<std::string>;

boxfeed::DatasetOptions dataset_options(const Preprocessing& preprocessing) {
  return boxfeed::DatasetOptions()
      .image_size(preprocessing.image_size)
      .pipeline(preprocessing.pipeline)
      .channels(preprocessing.channels)
      .mean(preprocessing.mean)
      .std(preprocessing.std)
      .memory_format(c10::MemoryFormat::ChannelsLast)
      .box_units(boxfeed::BoxUnits::kFractions);
}

/// The cache of decoded images in `images`, a folder or an archive.
std::optional<boxfeed::CacheOptions> cache_of(std::string images, const DataSetOptions& options) {
  if (options.cache == "none") return std::nullopt;
  while (images.size() > 1 && images.back() == '/') images.pop_back();
  return boxfeed::CacheOptions().path(options.cache == "disk" ? images + ".pixels" : "");
}

boxfeed::DatasetOptions dataset_options(const AnnotationFiles& files, const std::string& images,
                                        const DataSetOptions& options) {
  auto all = dataset_options(options.preprocessing)
                 .decode(files.decode)
                 .allow_outside_root(files.follow_links)
                 .cache(cache_of(images, options));
  if (options.bytes) all.dtype(c10::ScalarType::Byte).mean({}).std({});
  return all;
}

/// What the preprocessing does to an image of this size and to its labels.
Plan plan_of(const AnnotationTable& table, std::size_t i, boxfeed::ImageSize size, const Preprocessing& preprocessing) {
  const auto record = table.record(i);
  boxfeed::transforms::SampleGeometry sample{size, record.boxes, record.keypoints, 0};
  if (record.box_units == boxfeed::BoxUnits::kFractions) {
    const auto to_pixels = boxfeed::PlaneMap::scale(static_cast<double>(size.width), static_cast<double>(size.height));
    for (auto& box : sample.boxes) box = to_pixels.apply(box);
    for (auto& point : sample.keypoints) point = to_pixels.apply(point);
  }
  if (!sample.boxes.empty()) sample.keypoints_per_box = sample.keypoints.size();
  return preprocessing.pipeline.draw(sample, boxfeed::Random(0, 0, i));
}

DataSet make_set(const AnnotationFiles& files, const Annotations& read, const LookedThrough& looked,
                 const Target& target, const DataSetOptions& options, Remarks& remarks) {
  const auto one = one_object_each(looked.table, target);
  if (one.several > 0) {
    remarks.push_back(count_of(one.several, "image") + " with several " + (target.box ? "boxes" : "objects") +
                      ": the largest is used");
  }
  if (one.without > 0) {
    remarks.push_back(count_of(one.without, "image") + " without " + (target.box ? "a box" : "labels") + " left out");
  }
  if (one.table.empty()) {
    throw AnnotationError(Reason::kEmptyFile, read.table.path(), 0, "expected labels of images, found none");
  }
  boxfeed::CsvDataset dataset(one.table, read.images, dataset_options(files, read.images, options));
  std::vector<Plan> plans;
  for (std::size_t i = 0; i < one.indices.size(); ++i) {
    plans.push_back(plan_of(dataset.table(), i, looked.sizes[one.indices[i]], options.preprocessing));
  }
  return {std::move(dataset), std::move(plans), read.images, looked.bad};
}

/// Looks at all images, and says what had to be done about some.
LookedThrough looked_at(const AnnotationTable& table, const std::string& images, const AnnotationFiles& files,
                        const LookOptions& options, Remarks& remarks) {
  auto looked = look_through(table, images, files, options);
  if (!looked.bad.empty()) {
    remarks.push_back(count_of(looked.bad.size(), "image") +
                      " that cannot be used left out, the first: " + looked.bad.front());
  }
  if (const auto boxes = looked.report.summary(); !boxes.empty()) remarks.push_back(boxes);
  return looked;
}

DataSet part_of(const DataSet& set, const std::vector<std::size_t>& indices) {
  DataSet part{set.dataset.subset(indices), {}, set.images, set.bad};
  for (const auto i : indices) part.plans.push_back(set.plans[i]);
  return part;
}

/// Exactly what the weights have learned must be there.
void check_same(const Target& found, const Target& target, const AnnotationTable& table) {
  const auto demand = [&](std::size_t has, std::size_t needs, const char* what) {
    if (has == needs) return;
    throw AnnotationError(Reason::kHeader, table.path(), 0,
                          "expected " + count_of(needs, what) + " an image, which the weights have learned, found " +
                              std::to_string(has));
  };
  if (target.box) demand(found.box ? 1 : 0, 1, "box");
  if (!target.keypoints.empty()) demand(found.keypoints.size(), target.keypoints.size(), "keypoint");
  if (!target.numbers.empty()) demand(found.numbers.size(), target.numbers.size(), "number");
  if (target.classes.empty() || table.class_names() == target.classes) return;
  const auto listed = [](const std::vector<std::string>& names) {
    std::string text;
    for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
    return boxfeed::quoted(text);
  };
  throw AnnotationError(Reason::kClassRange, table.path(), 0,
                        "expected the classes " + listed(target.classes) + ", which the weights have learned, found " +
                            listed(table.class_names()));
}

}  // namespace

DataSet load_data_set(const AnnotationFiles& files, const Target& target, const DataSetOptions& options,
                      Remarks& remarks) {
  AnnotationFiles with_classes = files;
  if (with_classes.class_names.empty() && files.coco.empty()) with_classes.class_names = target.classes;
  const auto read = read_annotations(with_classes);
  remarks.insert(remarks.end(), read.remarks.begin(), read.remarks.end());
  const auto looked = looked_at(boxfeed::group_by_image(read.table), read.images, with_classes, options.look, remarks);
  check_same(target_of(looked.table), target, looked.table);
  return make_set(with_classes, read, looked, target, options, remarks);
}

DataSets load_data_sets(const DataFiles& files, const DataSetOptions& options) {
  const auto read = read_annotations(files.annotations);
  Remarks remarks = read.remarks;
  const auto looked =
      looked_at(boxfeed::group_by_image(read.table), read.images, files.annotations, options.look, remarks);
  auto target = target_of(looked.table, options.kind);
  const auto all = make_set(files.annotations, read, looked, target, options, remarks);
  const auto [train, validation] = [&]() -> std::pair<DataSet, DataSet> {
    if (!files.validation) {
      const auto split = split_of(all.dataset.table(), files, remarks);
      if (split.train.empty() || split.validation.empty()) {
        throw AnnotationError(Reason::kEmptyFile, read.table.path(), 0,
                              "too few images to hold some out for validation: " + std::to_string(all.plans.size()));
      }
      return {part_of(all, split.train), part_of(all, split.validation)};
    }
    const auto other = validation_files(files.annotations, *files.validation, all.images, target.classes);
    return {all, load_data_set(other, target, options, remarks)};
  }();
  standardize(target, train.dataset.table());
  if (options.overfit > 0) {
    std::vector<std::size_t> first(std::min(options.overfit, train.plans.size()));
    std::iota(first.begin(), first.end(), std::size_t{0});
    const auto few = part_of(train, first);
    return {few, few, target, {}, remarks};
  }
  std::string remark;
  const auto augmentation =
      options.augment == "auto" ? augmentation_for(target, remark) : load_augmentation(options.augment);
  if (!remark.empty()) remarks.push_back(remark);
  const auto augmented = dataset_options(files.annotations, train.images, options)
                             .pipeline(joined(augmentation, options.preprocessing))
                             .flip_pairs(flip_pairs(target.keypoints));
  return {{boxfeed::CsvDataset(train.dataset.table(), train.images, augmented), train.plans, train.images, train.bad},
          validation,
          target,
          augmentation,
          remarks};
}

boxfeed::CsvDataset unlabeled_photograph(const std::string& name, const std::string& images,
                                         const Preprocessing& preprocessing, const boxfeed::DecodeOptions& decode) {
  Target box;  // which is never looked at
  box.box = true;
  boxfeed::AnnotationTableBuilder builder({images, true, {}, {}, boxfeed::BoxUnits::kFractions});
  boxfeed::AnnotationRecord record;
  record.name = name;
  record.box_units = boxfeed::BoxUnits::kFractions;
  record.boxes = {boxfeed::Box{0, 0, 1, 1}};
  builder.add(record);
  return boxfeed::CsvDataset(one_object_each(builder.build(), box).table, images,
                             dataset_options(preprocessing).decode(decode).allow_outside_root(true));
}

}  // namespace localization
