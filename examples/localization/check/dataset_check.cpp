#include "check/dataset_check.h"

#include <boxfeed/annotations/group_by_image.h>
#include <boxfeed/annotations/layout_check.h>
#include <boxfeed/annotations/split.h>
#include <boxfeed/core/error.h>

#include <algorithm>
#include <tuple>

#include "check/check_findings.h"
#include "data/dataset_summary.h"

namespace localization {
namespace {

using boxfeed::AnnotationProblem;
using boxfeed::AnnotationTable;
using boxfeed::SplitKind;

/// One annotation file (or folder), its images, and the part of the data that each of them is in.
struct Part {
  AnnotationTable table;
  std::vector<ScannedImage> images;
  std::vector<SplitKind> split;
};

/// One run of the check.
class Check {
 public:
  Check(const CheckOptions& options, const std::function<void(std::size_t, std::size_t)>& progress)
      : options_(options), progress_(progress) {}

  DatasetReport run() {
    read(options_.annotations, SplitKind::kNone);
    if (options_.val_csv) {
      AnnotationFiles files = options_.annotations;
      files.csv = *options_.val_csv;
      files.images = report_.images_folder;
      if (files.class_names.empty() && !parts_.empty()) files.class_names = parts_[0].table.class_names();
      for (auto& part : parts_) part.split.assign(part.table.size(), SplitKind::kTrain);
      read(files, SplitKind::kValidation);
    } else {
      for (auto& part : parts_) part.split = split_of(part.table);
    }
    scan();
    PictureIndex pictures;
    for (auto& part : parts_) {
      check_images(part.table, part.images, report_.findings);
      check_boxes(part.table, part.images, report_.findings);
      check_columns(part);
      for (std::size_t i = 0; i < part.table.size(); ++i) pictures.add(part.table, i, part.images[i], part.split[i]);
    }
    pictures.find(report_.findings);
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
      report_.descriptions.push_back(read.description);
      report_.images_folder = read.images;
      const auto rows = without_contradictions(read.table, report_.findings);
      Part part{boxfeed::group_by_image(rows), {}, {}};
      part.split.assign(part.table.size(), part_of_all);
      parts_.push_back(std::move(part));
    } catch (const boxfeed::Error& error) {
      report_.findings.push_back(finding_of(error));
    }
    for (const auto& problem : problems) add(problem);
  }

  /// The split that training would use.
  std::vector<SplitKind> split_of(const AnnotationTable& table) const {
    std::vector<SplitKind> parts(table.size(), SplitKind::kTrain);
    if (options_.val_fraction) {
      for (const std::size_t i : boxfeed::split_by_hash(table, *options_.val_fraction).validation) {
        parts[i] = SplitKind::kValidation;
      }
    } else {
      for (std::size_t i = 0; i < table.size(); ++i) parts[i] = boxfeed::split_kind(table.split(i));
    }
    return parts;
  }

  void scan() {
    std::size_t total = 0, before = 0;
    for (const auto& part : parts_) total += part.table.size();
    for (auto& part : parts_) {
      part.images = scan_images(part.table, report_.images_folder, options_.depth, options_.threads,
                                [&](std::size_t done) { progress_(before + done, total); });
      before += part.table.size();
    }
  }

  void check_columns(const Part& part) {
    std::vector<boxfeed::ImageSize> sizes;
    for (const auto& image : part.images) sizes.push_back(image.size());
    for (const auto& doubt : boxfeed::check_layout(part.table, sizes)) {
      if (doubt.reason == boxfeed::Reason::kSizeMismatch) continue;  // each image is named by itself
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
