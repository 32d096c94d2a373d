#include "data/example_reader.h"

#include <algorithm>
#include <exception>
#include <functional>
#include <optional>
#include <stdexcept>
#include <utility>

#include "annotations/name_index.h"
#include "data/options.h"

namespace boxfeed {

using namespace transforms;

namespace {

constexpr std::size_t kMaxReported = 20;

DatasetOptions checked(DatasetOptions options) {
  check_options(options);
  return options;
}

/// Opens the file of every record once. Throws: `Error` with the first problem's reason, whose text lists up to 20.
void check_image_files(const AnnotationTable& table, const Folder& folder) {
  std::string report;
  std::size_t bad = 0;
  std::optional<Reason> reason;
  for (std::size_t i = 0; i < table.size(); ++i) {
    try {
      folder.open(table.name(i));
    } catch (const Error& error) {
      if (!reason) reason = error.reason();
      if (bad++ >= kMaxReported) continue;
      const auto placed = ImageError(error.reason(), folder.path_of(table.name(i)), error.what()).at(table.place(i));
      report += (report.empty() ? "" : "\n") + std::string(placed.what());
    }
  }
  if (!reason) return;
  if (bad > kMaxReported) {
    report += "\n… " + std::to_string(bad) + " of " + std::to_string(table.size()) + " images in all";
  }
  throw Error(*reason, report, table.path());
}

template <typename T>
bool are_equal(Span<T> a, Span<T> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

/// What two records of one image say differently about it; none where they say the same.
const char* difference(const AnnotationTable& table, std::size_t a, std::size_t b) {
  if (!are_equal(table.boxes(a), table.boxes(b))) return "boxes";
  if (!are_equal(table.class_ids(a), table.class_ids(b))) return "classes";
  if (!are_equal(table.keypoints(a), table.keypoints(b))) return "keypoints";
  return nullptr;
}

/// Of two records of one image that say different things, each would be taken for the whole truth. Where an example has
/// many objects, equal ones are twice as many, too. (Numbers may differ: one image may have been measured twice.)
void refuse_repeated_images(const AnnotationTable& table, Targets targets) {
  NameIndex images(table);
  for (std::size_t i = 0; i < table.size(); ++i) {
    const std::size_t first = images.first(i);
    if (first == i) continue;
    const char* const what = difference(table, first, i);
    if (what == nullptr && targets == Targets::kOne) continue;
    const auto place = table.place(i);
    throw AnnotationError(
        Reason::kAmbiguous, place.annotation_path, place.line,
        "expected one record for each image, got another one of image " + quoted(std::string(table.name(i))) +
            (what != nullptr ? std::string(", with other ") + what + " than" : ", as in") + " line " +
            std::to_string(table.line(first)) + ": join them with group_by_image and use a DetectionDataset");
  }
}

}  // namespace

void ExampleReader::Shared::note(const AnnotationTable& table, std::size_t index, const BoxReport& report) {
  if (report.boxes().empty()) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  const std::size_t row = table.row(index);
  if (reported_.size() <= row) reported_.resize(row + 1);
  if (reported_[row]) return;
  reported_[row] = true;
  report_.add(report);
}

BoxReport ExampleReader::Shared::box_report() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return report_;
}

ExampleReader::ExampleReader(const AnnotationTable& table, const std::string& images, DatasetOptions options,
                             Targets targets)
    : options_(checked(std::move(options))),
      shared_(std::make_shared<Shared>(images, options_)),
      planner_(table, options_, targets) {
  auto [usable, report] = apply_box_policy(table, options_.box_policy());
  table_ = std::move(usable);
  shared_->report_ = std::move(report);
  refuse_repeated_images(table_, targets);
  if (options_.check_files()) check_image_files(table_, shared_->images.folder());
}

ExampleReader::ExampleReader(const ExampleReader& other, AnnotationTable table)
    : options_(other.options_), table_(std::move(table)), shared_(other.shared_), planner_(other.planner_) {}

void ExampleReader::check_index(std::size_t index) const {
  if (index < table_.size()) return;
  throw std::out_of_range("dataset: expected an index below " + std::to_string(table_.size()) + ", got " +
                          std::to_string(index));
}

PlannedExample ExampleReader::begin(Road& road) const {
  const MixDraft draft = planner_.mixer().begin(table_.size(), road.key.index, Random(road.key));
  std::vector<AnnotationRecord> records;
  std::vector<ImageSize> sizes;
  for (const auto source : draft.sources) {
    road.record = source;
    records.push_back(table_.record(source));
    sizes.push_back(road.session.open(sizes.size(), records.back().name));
    BoxReport report;
    apply_box_policy(records.back(), options_.box_policy(), table_.place(source), sizes.back(), report);
    shared_->note(table_, source, report);
  }
  road.record = road.key.index;
  const std::size_t boxes = table_.boxes(road.key.index).size();
  PlannedExample example = planner_.draw(road.key, draft, std::move(records), sizes, boxes, road.session.path(0));
  road.session.planned();
  return example;
}

cv::Mat ExampleReader::render(Road& road, const PlannedExample& example) const {
  if (example.layers.empty()) return road.session.render(0, example.plan);
  cv::Mat mixed;
  for (std::size_t i = 0; i < example.layers.size(); ++i) {
    const auto& layer = example.layers[i];
    road.record = example.sources[layer.source];
    const cv::Mat pixels = road.session.render(layer.source, layer.plan);
    paste(example, i, pixels, mixed);
    road.session.planned();
  }
  road.record = road.key.index;
  return mixed;
}

void ExampleReader::rethrow_with_place(const ImageError& error, const Road& road) const {
  ImageError placed = error;
  if (road.record != road.key.index) {
    const auto own = table_.place(road.key.index);
    placed = error.with_note("mixed into example " + std::to_string(own.index) + ", " + own.annotation_path + ":" +
                             std::to_string(own.line));
  }
  placed = placed.at(table_.place(road.record));
  const auto* nested = dynamic_cast<const std::nested_exception*>(&error);
  if (nested == nullptr || nested->nested_ptr() == nullptr) throw ImageError(placed);
  try {
    nested->rethrow_nested();
  } catch (...) {  // what a user's hook threw stays inside
    std::throw_with_nested(placed);
  }
}

Plan ExampleReader::plan(const ExampleKey& key) const {
  StageTimes times;
  return on_road(key, times, [](Road&, PlannedExample& example) { return std::move(example.plan); });
}

ExplainedExample ExampleReader::explain(const ExampleKey& key) const {
  StageTimes times;
  return on_road(key, times, [&](Road& road, PlannedExample& example) {
    cv::Mat image = render(road, example).clone();
    auto labels = example.labels();
    return ExplainedExample{std::move(example.plan), std::move(labels), std::move(image)};
  });
}

}  // namespace boxfeed
