#include "data/data_sets.h"

#include <boxfeed/annotations/annotation_table_builder.h>
#include <boxfeed/annotations/group_by_image.h>
#include <boxfeed/annotations/split.h>
#include <boxfeed/core/error.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <mutex>
#include <numeric>
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

boxfeed::DatasetOptions dataset_options(const DataSetOptions& options) {
  auto all = dataset_options(options.preprocessing);
  if (options.bytes) all.dtype(c10::ScalarType::Byte).mean({}).std({});
  return all;
}

/// What happened to each image, from the headers alone; all that is wrong with them at once.
std::vector<Plan> plans_of(const boxfeed::CsvDataset& dataset, const DataSetOptions& options) {
  constexpr std::size_t kListed = 20;
  std::vector<Plan> plans(dataset.table().size());
  std::vector<std::pair<std::size_t, boxfeed::Error>> problems;  // guarded by mutex
  std::mutex mutex;
  std::atomic<std::size_t> next{0}, done{0};
  const auto work = [&](const std::function<void()>& tell) {
    for (std::size_t i = next++; i < plans.size(); i = next++) {
      try {
        plans[i] = dataset.plan({0, 0, i});
      } catch (const boxfeed::Error& error) {
        const std::lock_guard lock(mutex);
        problems.emplace_back(i, error);
      }
      ++done;
      tell();
    }
  };
  {
    std::vector<std::future<void>> others;  // whose ends are waited for in any case
    for (std::size_t i = 1; i < std::min(options.threads, plans.size()); ++i) {
      others.push_back(std::async(std::launch::async, work, [] {}));
    }
    try {
      work([&] { options.progress(done, plans.size()); });
    } catch (...) {
      next = plans.size();
      throw;
    }
  }
  if (problems.empty()) return plans;
  std::sort(problems.begin(), problems.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::string text;
  for (std::size_t i = 0; i < std::min(problems.size(), kListed); ++i) {
    text += std::string(i > 0 ? "\n" : "") + problems[i].second.what();
  }
  if (problems.size() > kListed) text += "\nand " + std::to_string(problems.size() - kListed) + " more";
  throw boxfeed::Error(problems[0].second.reason(), text);
}

/// Annotations of which one object an image is kept.
struct ReadLabels {
  AnnotationTable table;
  std::string images;
};

ReadLabels one_object_each(const Annotations& read, const AnnotationTable& grouped, const Target& target,
                           Remarks& remarks) {
  auto one = one_object_each(grouped, target);
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
  return {std::move(one.table), read.images};
}

boxfeed::Split split_of(const AnnotationTable& table, const std::optional<double>& val_fraction, Remarks& remarks) {
  if (!val_fraction && has_validation_split(table)) {
    auto split = boxfeed::given_split(table).value_or(boxfeed::Split{});
    remarks.emplace_back("the file itself says which images are for validation");
    const std::size_t others = table.size() - split.train.size() - split.validation.size();
    if (others > 0) remarks.push_back(count_of(others, "image") + " in neither part");
    return split;
  }
  auto split = boxfeed::split_by_hash(table, val_fraction.value_or(kValFraction));
  if (split.train.empty() || split.validation.empty()) {
    throw AnnotationError(Reason::kEmptyFile, table.path(), 0,
                          "too few images to hold some out for validation: " + std::to_string(table.size()));
  }
  return split;
}

DataSet make_set(AnnotationTable table, const std::string& images, const DataSetOptions& options) {
  boxfeed::CsvDataset dataset(std::move(table), images, dataset_options(options));
  auto plans = plans_of(dataset, options);
  return {std::move(dataset), std::move(plans), images};
}

DataSet part_of(const DataSet& set, const std::vector<std::size_t>& indices) {
  DataSet part{set.dataset.subset(indices), {}, set.images};
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
}

}  // namespace

bool has_validation_split(const AnnotationTable& table) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (boxfeed::split_kind(table.split(i)) == boxfeed::SplitKind::kValidation) return true;
  }
  return false;
}

DataSet load_data_set(const AnnotationFiles& files, const Target& target, const DataSetOptions& options,
                      Remarks& remarks) {
  AnnotationFiles with_classes = files;
  if (with_classes.class_names.empty() && files.coco.empty()) with_classes.class_names = target.classes;
  const auto read = read_annotations(with_classes);
  remarks.push_back(read.description);
  const auto grouped = boxfeed::group_by_image(read.table);
  check_same(target_of(grouped), target, grouped);
  const auto labels = one_object_each(read, grouped, target, remarks);
  return make_set(labels.table, labels.images, options);
}

DataSets load_data_sets(const DataFiles& files, const DataSetOptions& options) {
  const auto read = read_annotations(files.annotations);
  Remarks remarks{read.description};
  const auto grouped = boxfeed::group_by_image(read.table);
  auto target = target_of(grouped, options.kind);
  const auto labels = one_object_each(read, grouped, target, remarks);
  const auto all = make_set(labels.table, labels.images, options);
  const auto [train, validation] = [&]() -> std::pair<DataSet, DataSet> {
    if (!files.val_csv) {
      const auto split = split_of(all.dataset.table(), files.val_fraction, remarks);
      return {part_of(all, split.train), part_of(all, split.validation)};
    }
    AnnotationFiles other = files.annotations;
    other.csv = *files.val_csv;
    other.images = all.images;
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
  const auto augmented = dataset_options(options)
                             .pipeline(joined(augmentation, options.preprocessing))
                             .flip_pairs(flip_pairs(target.keypoints));
  return {{boxfeed::CsvDataset(train.dataset.table(), train.images, augmented), train.plans, train.images},
          validation,
          target,
          augmentation,
          remarks};
}

boxfeed::CsvDataset unlabeled_photograph(const std::string& name, const std::string& images,
                                         const Preprocessing& preprocessing) {
  Target box;  // which is never looked at
  box.box = true;
  boxfeed::AnnotationTableBuilder builder({images, true, {}, {}, boxfeed::BoxUnits::kFractions});
  boxfeed::AnnotationRecord record;
  record.name = name;
  record.box_units = boxfeed::BoxUnits::kFractions;
  record.boxes = {boxfeed::Box{0, 0, 1, 1}};
  builder.add(record);
  return boxfeed::CsvDataset(one_object_each(builder.build(), box).table, images,
                             dataset_options(preprocessing).allow_outside_root(true));
}

}  // namespace localization
