#include "check/check_findings.h"

#include <boxfeed/annotations/box_policy.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <sstream>
#include <tuple>
#include <unordered_map>

namespace localization {
namespace {

using boxfeed::AnnotationTable;
using boxfeed::Box;
using boxfeed::BoxAction;
using boxfeed::ImageSize;
using boxfeed::Reason;
using boxfeed::SplitKind;

std::string shown(ImageSize size) { return std::to_string(size.width) + " × " + std::to_string(size.height); }

/// Something about record i as a whole.
Finding about(const AnnotationTable& table, std::size_t i, Severity severity, std::string kind, std::string text) {
  const auto place = table.place(i);
  return {severity, std::move(kind), place.annotation_path, place.line, std::string(table.name(i)), std::move(text)};
}

Finding about(const AnnotationTable& table, std::size_t i, Reason reason, std::string text) {
  return about(table, i, Severity::kError, reason_name(reason), std::move(text));
}

void check_size(const AnnotationTable& table, std::size_t i, const ScannedImage& image,
                std::vector<Finding>& findings) {
  const auto said = table.image_size(i);
  if (!said || !image.header || *said == image.size()) return;
  const bool as_stored = *said == image.header->stored;
  findings.push_back(about(table, i, Reason::kSizeMismatch,
                           "expected the size of the image, " + shown(image.size()) + ", got " + shown(*said) +
                               (as_stored ? ": its size before it is turned as its EXIF data say" : "")));
}

void note_image(const AnnotationTable& table, std::size_t i, const ScannedImage& image,
                std::vector<Finding>& findings) {
  const auto note = [&](const char* kind, const std::string& text) {
    findings.push_back(about(table, i, Severity::kNote, kind, text));
  };
  const auto& header = *image.header;
  if (header.orientation != 1) {
    note("rotated", "turned by its EXIF data (orientation " + std::to_string(header.orientation) +
                        "); boxes are taken to refer to the turned picture");
  }
  if (header.damaged_exif) note("damaged_exif", "damaged EXIF data are passed over");
  if (image.wrong_extension)
    note("wrong_extension", std::string("a ") + format_name(header.format) + " by its content");
  if (header.several_frames) note("several_frames", "the first of several frames is used");
  if (image.end == boxfeed::ImageEnd::kUnmarked) note("no_end_marker", "lacks its end marker, and no pixel");
}

/// Boxes of record i that are there twice with the same class.
void check_repeated(const AnnotationTable& table, std::size_t i, std::vector<Finding>& findings) {
  const auto boxes = table.boxes(i);
  const auto classes = table.class_ids(i);
  const auto key = [&](std::size_t k) {
    const Box& box = boxes[k];
    return std::make_tuple(box.xmin, box.ymin, box.xmax, box.ymax, classes.empty() ? 0 : classes[k]);
  };
  std::vector<std::size_t> order(boxes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
  for (std::size_t n = 1; n < order.size(); ++n) {
    if (key(order[n - 1]) != key(order[n])) continue;
    auto finding = about(table, i, Severity::kWarning, "duplicate_box",
                         "box " + std::to_string(order[n] + 1) + ": the same as box " +
                             std::to_string(order[n - 1] + 1) + " of the image");
    finding.line = table.box_line(i, order[n]);
    findings.push_back(std::move(finding));
  }
}

}  // namespace

Finding finding_of(const boxfeed::Error& error) {
  boxfeed::AnnotationProblem found{error.reason(), error.path(), 0, {}, error.what()};
  if (const auto* bad = dynamic_cast<const boxfeed::AnnotationError*>(&error)) found = bad->problem();
  return {Severity::kError, reason_name(error.reason()), found.path, found.line, {}, found.text};
}

AnnotationTable without_contradictions(const AnnotationTable& rows, std::vector<Finding>& findings) {
  std::unordered_map<std::string_view, std::size_t> firsts;
  std::vector<std::size_t> kept;
  const bool one_each = rows.path_is_folder() || rows.has_image_ids();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto [entry, is_new] = firsts.try_emplace(rows.name(i), i);
    const std::size_t first = entry->second;
    const auto size = rows.image_size(i), first_size = rows.image_size(first);
    if (size && first_size && *size != *first_size) {
      findings.push_back(about(rows, i, Reason::kSizeMismatch,
                               "expected the same size as in " + rows.place(first).text() + ", " + shown(*first_size) +
                                   ", got " + shown(*size)));
      continue;
    }
    if (!is_new && boxfeed::split_kind(rows.split(i)) != boxfeed::split_kind(rows.split(first))) {
      findings.push_back(about(rows, i, Severity::kError, "both_splits",
                               "expected the same split as in " + rows.place(first).text() + ", " +
                                   boxfeed::quoted(std::string(rows.split(first))) + ", got " +
                                   boxfeed::quoted(std::string(rows.split(i)))));
    }
    if (!is_new && one_each) {
      findings.push_back(about(rows, i, Severity::kWarning, "described_twice",
                               "the image is described in " + rows.place(first).text() + ", too"));
    }
    kept.push_back(i);
  }
  return kept.size() < rows.size() ? rows.subset(kept) : rows;
}

void check_images(const AnnotationTable& table, const std::vector<ScannedImage>& images,
                  std::vector<Finding>& findings) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (images[i].reason) findings.push_back(about(table, i, *images[i].reason, images[i].text));
    check_size(table, i, images[i], findings);
    if (images[i].header) note_image(table, i, images[i], findings);
  }
}

namespace {

/// Boxes of less than a pixel, which the network will not see.
void check_tiny(const AnnotationTable& table, std::size_t i, const AnnotationTable& sound, ImageSize image,
                std::vector<Finding>& findings) {
  const bool fractions = table.box_units() == boxfeed::BoxUnits::kFractions;
  const auto across = fractions ? static_cast<float>(image.width) : 1.0F;
  const auto down = fractions ? static_cast<float>(image.height) : 1.0F;
  if (sound.empty() || (fractions && image.height == 0)) return;
  for (std::size_t k = 0; k < sound.boxes(0).size(); ++k) {
    const auto& box = sound.boxes(0)[k];
    const float width = box.width() * across, height = box.height() * down;
    if (width >= 1 && height >= 1) continue;
    std::ostringstream text;
    text << "expected a box of at least 1 pixel, got " << width << " × " << height;
    auto finding = about(table, i, Severity::kWarning, reason_name(Reason::kTooSmall), text.str());
    finding.line = sound.box_line(0, k);
    findings.push_back(std::move(finding));
  }
}

/// Leaves out what the policy would refuse.
boxfeed::BoxPolicy without_errors(boxfeed::BoxPolicy policy) {
  const auto skipped = [](BoxAction action) { return action == BoxAction::kThrow ? BoxAction::kSkip : action; };
  return policy.inverted(skipped(policy.inverted()))
      .degenerate(skipped(policy.degenerate()))
      .outside(skipped(policy.outside()))
      .keypoint_outside(skipped(policy.keypoint_outside()));
}

/// An error where the policy refuses it, a note where it says what is to be done, and for crowds, which are no objects.
Severity severity_of(Reason reason, const boxfeed::BoxPolicy& policy) {
  const auto of = [](BoxAction action) { return action == BoxAction::kThrow ? Severity::kError : Severity::kNote; };
  switch (reason) {
    case Reason::kCrowd:
    case Reason::kDifficult: return Severity::kNote;
    case Reason::kInverted: return of(policy.inverted());
    case Reason::kDegenerate: return of(policy.degenerate());
    case Reason::kKeypointOutside: return of(policy.keypoint_outside());
    default: return of(policy.outside());
  }
}

}  // namespace

boxfeed::CheckedTable sound_boxes(const AnnotationTable& table, const std::vector<ScannedImage>& images,
                                  const boxfeed::BoxPolicy& policy) {
  std::vector<ImageSize> sizes;
  sizes.reserve(images.size());
  for (const auto& image : images) sizes.push_back(image.size());
  return apply_box_policy(table, without_errors(policy), sizes);
}

void check_boxes(const AnnotationTable& table, const std::vector<ScannedImage>& images,
                 const boxfeed::BoxPolicy& policy, std::vector<Finding>& findings) {
  const auto lenient = without_errors(policy);
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (table.boxes(i).empty() && table.keypoints(i).empty()) continue;
    const auto [sound, report] = apply_box_policy(table.subset({i}), lenient, {images[i].size()});
    for (const auto& problem : report.boxes()) {
      const bool outside = problem.reason == Reason::kOutside || problem.reason == Reason::kOutsideAll;
      const bool turned = images[i].header && images[i].header->orientation != 1;
      findings.push_back({severity_of(problem.reason, policy), reason_name(problem.reason), problem.path, problem.line,
                          problem.image,
                          problem.text + (outside && turned ? " (drawn before the picture was turned?)" : "")});
    }
    check_tiny(table, i, sound, images[i].size(), findings);
    check_repeated(table, i, findings);
  }
}

void PictureIndex::add(const AnnotationTable& table, std::size_t i, const ScannedImage& image, SplitKind part) {
  if (!image.content) return;
  by_content_[*image.content].push_back({table.place(i), std::string(table.name(i)), part});
}

void PictureIndex::find(std::vector<Finding>& findings) const {
  for (const auto& [content, pictures] : by_content_) {
    std::map<SplitKind, const Picture*> firsts;
    for (const auto& picture : pictures) firsts.try_emplace(picture.part, &picture);
    for (const auto& picture : pictures) {
      const bool in_both = picture.part == SplitKind::kValidation && firsts.count(SplitKind::kTrain) != 0;
      const Picture& other = *firsts[in_both ? SplitKind::kTrain : picture.part];
      if (&other == &picture) continue;
      findings.push_back({in_both ? Severity::kError : Severity::kWarning, in_both ? "both_splits" : "duplicate",
                          picture.place.annotation_path, picture.place.line, picture.image,
                          "the same picture as " + boxfeed::quoted(other.image) + " in " + other.place.text() +
                              (in_both ? ", which is for training, and this one for validation" : "")});
    }
  }
}

}  // namespace localization
