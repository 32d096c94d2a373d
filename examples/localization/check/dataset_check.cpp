#include "check/dataset_check.h"

#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/annotations/layout_check.h>
#include <boxfeed/annotations/split.h>
#include <boxfeed/core/error.h>

#include <algorithm>
#include <tuple>

#include "check/check_findings.h"
#include "check/dataset_summary.h"
#include "data/option_words.h"

namespace localization {
namespace {

using boxfeed::AnnotationProblem;
using boxfeed::AnnotationTable;
using boxfeed::SplitKind;

/// One annotation file (or folder), its images, and the part of the data that each of them is in.
struct Part {
  AnnotationTable table;
  std::string folder;  ///< of the images
  std::vector<ScannedImage> images;
  std::vector<SplitKind> split;
};

/// One run of the check.
class Check {
 public:
  Check(const CheckOptions& options, const std::function<void(std::size_t, std::size_t)>& progress)
      : options_(options), progress_(progress) {}

  DatasetReport run() {
    read(options_.files.annotations, SplitKind::kNone);
    if (options_.files.validation) {
      const auto classes = parts_.empty() ? std::vector<std::string>() : parts_[0].table.class_names();
      const auto files =
          validation_files(options_.files.annotations, *options_.files.validation, report_.images_folder, classes);
      for (auto& part : parts_) part.split.assign(part.table.size(), SplitKind::kTrain);
      read(files, SplitKind::kValidation);
    } else {
      for (auto& part : parts_) part.split = kinds_of(part.table);
    }
    scan();
    PictureIndex pictures;
    for (auto& part : parts_) {
      check_images(part.table, part.images, report_.findings);
      check_boxes(part.table, part.images, options_.files.annotations.box_policy, report_.findings);
      check_columns(part);
      for (std::size_t i = 0; i < part.table.size(); ++i) pictures.add(part.table, i, part.images[i], part.split[i]);
    }
    pictures.find(report_.findings);
    for (auto& finding : report_.findings) finding.text = in_program_words(finding.text);
    const auto key = [](const Finding& finding) {
      return std::tie(finding.severity, finding.file, finding.line, finding.image);
    };
    std::stable_sort(report_.findings.begin(), report_.findings.end(),
                     [&](const Finding& a, const Finding& b) { return key(a) < key(b); });
    summarize();
    return std::move(report_);
  }

 private:
  void add(const AnnotationProblem& problem) {
    report_.findings.push_back(
        {Severity::kError, reason_name(problem.reason), problem.path, problem.line, problem.image, problem.text});
  }

  /// Reads one part; where it cannot be read at all, that is the finding.
  void read(const AnnotationFiles& files, SplitKind part_of_all) {
    std::vector<AnnotationProblem> problems;
    try {
      const auto read = read_annotations(files, &problems);
      auto& remarks = report_.descriptions;
      remarks.insert(remarks.end(), read.remarks.begin(), read.remarks.end());
      if (report_.images_folder.empty()) report_.images_folder = read.images;
      const auto rows = without_contradictions(read.table, report_.findings);
      Part part{boxfeed::group_by_image(rows), read.images, {}, {}};
      part.split.assign(part.table.size(), part_of_all);
      parts_.push_back(std::move(part));
    } catch (const boxfeed::Error& error) {
      report_.findings.push_back(finding_of(error));
    }
    for (const auto& problem : problems) add(problem);
  }

  /// The split that training would use.
  std::vector<SplitKind> kinds_of(const AnnotationTable& table) {
    std::vector<SplitKind> kinds(table.size(), SplitKind::kNone);
    const auto& files = options_.files;
    if (!files.val_fraction && !files.split_by_hash && !boxfeed::given_split(table)) return kinds;
    const auto split = split_of(table, files, report_.descriptions);
    for (const auto i : split.train) kinds[i] = SplitKind::kTrain;
    for (const auto i : split.validation) kinds[i] = SplitKind::kValidation;
    for (const auto i : split.test) kinds[i] = SplitKind::kTest;
    return kinds;
  }

  void scan() {
    std::size_t total = 0, before = 0;
    for (const auto& part : parts_) total += part.table.size();
    for (auto& part : parts_) {
      const auto& files = options_.files.annotations;
      const ScanOptions options{options_.depth, files.decode, files.follow_links, options_.threads};
      part.images =
          scan_images(part.table, part.folder, options, [&](std::size_t done) { progress_(before + done, total); });
      before += part.table.size();
    }
  }

  void check_columns(const Part& part) {
    const auto& files = options_.files.annotations;
    std::vector<boxfeed::ImageSize> sizes;
    for (const auto& image : part.images) sizes.push_back(image.size());
    // Where it is said what becomes of wrong boxes, and what the units are, there is no doubt about them.
    const bool is_given = files.box_policy.inverted() != boxfeed::BoxAction::kThrow;
    const auto table = is_given ? sound_boxes(part.table, part.images, files.box_policy).table : part.table;
    for (const auto& doubt : boxfeed::check_layout(table, sizes)) {
      if (doubt.reason == boxfeed::Reason::kSizeMismatch) continue;  // each image is named by itself
      if (doubt.reason == boxfeed::Reason::kUnits && files.columns.box_units()) continue;
      report_.findings.push_back(
          {Severity::kError, reason_name(doubt.reason), part.table.path(), doubt.line, {}, doubt.text});
    }
  }

  void summarize() {
    DatasetSummary summary;
    for (const auto& part : parts_) {
      for (std::size_t i = 0; i < part.table.size(); ++i) summary.add(part.table, i, part.images[i]);
    }
    summary.fill(report_);
  }

  const CheckOptions& options_;
  const std::function<void(std::size_t, std::size_t)>& progress_;
  std::vector<Part> parts_;
  DatasetReport report_;
};

}  // namespace

std::size_t DatasetReport::count(Severity severity) const {
  return static_cast<std::size_t>(std::count_if(findings.begin(), findings.end(),
                                                [&](const Finding& finding) { return finding.severity == severity; }));
}

DatasetReport check_dataset(const CheckOptions& options,
                            const std::function<void(std::size_t, std::size_t)>& progress) {
  return Check(options, progress).run();
}

}  // namespace localization
