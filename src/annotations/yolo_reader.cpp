#include <boxfeed/annotations/annotation_table_builder.h>
#include <boxfeed/annotations/yolo.h>
#include <boxfeed/core/error.h>
#include <boxfeed/core/file.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "annotations/class_names_file.h"
#include "annotations/problem_list.h"
#include "core/number_text.h"

namespace boxfeed {
namespace {

namespace fs = std::filesystem;

constexpr float kMaxClassId = 1'000'000;
/// Beyond it, a number is no fraction of an image.
constexpr float kMaxFraction = 2;

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (;;) {
    const auto begin = line.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return words;
    line.remove_prefix(begin);
    const auto end = std::min(line.find_first_of(" \t"), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
}

std::string stem_of(const std::string& name) { return fs::path(name).replace_extension().string(); }

/// Reads one text file after another into records.
class YoloFolder {
 public:
  YoloFolder(std::string labels, std::string images, const YoloOptions& options, ProblemList& problems)
      : labels_(std::move(labels)),
        images_(std::move(images)),
        options_(options),
        problems_(problems),
        names_(options.class_names()) {}

  AnnotationTable read() {
    if (names_.empty()) names_ = find_class_names(labels_);
    const bool named = !names_.empty();
    std::unordered_map<std::string, std::string> text_of;
    for (const auto& name : list_files(labels_, {".txt"}, true)) {
      if (!is_class_file(fs::path(name).filename().string())) text_of[stem_of(name)] = name;
    }
    for (const auto& image : list_files(images_, {".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"}, true)) {
      AnnotationRecord record;
      record.name = image;
      record.box_units = BoxUnits::kFractions;
      const auto text = text_of.find(stem_of(image));
      if (text != text_of.end()) {
        record.source = text->second;
        record.line = 1;
        read_file(text->second, named, record);
        used_.push_back(text->second);
      }
      records_.push_back(std::move(record));
    }
    refuse_texts_without_image(text_of);
    if (records_.empty() && problems_.total() == 0 && !options_.allow_empty()) {
      throw AnnotationError(Reason::kEmptyFile, images_, 0, "expected images in this folder, got none");
    }
    for (std::size_t k = names_.size(); !named && k < class_count_; ++k) names_.push_back(std::to_string(k));
    AnnotationTableInfo info;
    info.path = labels_;
    info.path_is_folder = true;
    info.class_names = names_;
    info.box_units = BoxUnits::kFractions;
    AnnotationTableBuilder builder(std::move(info));
    for (const auto& record : records_) builder.add(record);
    return builder.build();
  }

 private:
  void refuse_texts_without_image(const std::unordered_map<std::string, std::string>& text_of) {
    std::vector<std::string> alone;
    std::sort(used_.begin(), used_.end());
    for (const auto& [stem, name] : text_of) {
      if (!std::binary_search(used_.begin(), used_.end(), name)) alone.push_back(name);
    }
    std::sort(alone.begin(), alone.end());
    for (const auto& name : alone) {
      problems_.add({Reason::kNotFound,
                     labels_ + "/" + name,
                     0,
                     {},
                     "expected an image of the same name in " + boxfeed::quoted(images_) + ", got none"});
    }
  }

  void refuse(Reason reason, const std::string& text) { problems_.add({reason, path_, line_, image_, text}); }

  void read_file(const std::string& name, bool named, AnnotationRecord& record) {
    path_ = labels_ + "/" + name;
    image_ = record.name;
    line_ = 0;
    try {
      for (const auto& line : lines_of(path_)) {
        ++line_;
        const auto words = words_of(line);
        if (!words.empty()) read_object(words, named, record);
      }
    } catch (const Error& error) {
      refuse(error.reason(), error.what());
    }
  }

  void read_object(const std::vector<std::string_view>& words, bool named, AnnotationRecord& record) {
    const std::size_t each = options_.keypoint_visibility() ? 3 : 2;
    const std::size_t wanted = 5 + each * options_.keypoints();
    if (words.size() != wanted) {
      return refuse(Reason::kColumnCount, "expected " + std::to_string(wanted) + " numbers (class, cx, cy, w, h" +
                                              (options_.keypoints() > 0 ? " and keypoints" : "") + "), got " +
                                              std::to_string(words.size()) +
                                              (words.size() > 6 ? ": outlines and keypoints are other formats" : ""));
    }
    std::vector<float> values(words.size());
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (const auto reason = parse_number(words[i], values[i])) {
        return refuse(*reason, "number " + std::to_string(i + 1) + ": " + number_problem(*reason, words[i]));
      }
    }
    const float limit = named ? static_cast<float>(names_.size()) - 1 : kMaxClassId;
    if (values[0] < 0 || values[0] > limit || values[0] != std::floor(values[0])) {
      return refuse(Reason::kClassRange,
                    "expected a class from 0 to " + float_text(limit) + ", got " + quoted(std::string(words[0])));
    }
    for (std::size_t i = 1; i < 5; ++i) {
      if (std::abs(values[i]) > kMaxFraction) {
        return refuse(Reason::kUnits, "expected a fraction of the image's width or height, got " +
                                          quoted(std::string(words[i])) + ": are these pixels?");
      }
    }
    record.boxes.push_back(box_from(BoxFormat::kCXCYWH, {values[1], values[2], values[3], values[4]}));
    record.box_lines.push_back(line_);
    record.class_ids.push_back(static_cast<std::int32_t>(values[0]));
    class_count_ = std::max(class_count_, static_cast<std::size_t>(values[0]) + 1);
    for (std::size_t i = 5; i < values.size(); i += each) {
      const bool missing = each == 2 && values[i] < 0 && values[i + 1] < 0;
      record.keypoints.push_back(missing ? Keypoint{-1, -1, 0}
                                         : Keypoint{values[i], values[i + 1], each == 3 ? values[i + 2] : 2});
    }
  }

  std::string labels_;
  std::string images_;
  const YoloOptions& options_;
  ProblemList& problems_;
  std::vector<std::string> names_;
  std::size_t class_count_ = 0;
  std::string path_;
  std::string image_;
  std::size_t line_ = 0;
  std::vector<std::string> used_;
  std::vector<AnnotationRecord> records_;
};

}  // namespace

AnnotationTable read_yolo(const std::string& labels, const std::string& images, const YoloOptions& options) {
  return with_problems(nullptr, [&](ProblemList& list) { return YoloFolder(labels, images, options, list).read(); });
}

AnnotationTable read_yolo(const std::string& labels, const std::string& images, const YoloOptions& options,
                          std::vector<AnnotationProblem>& problems) {
  return with_problems(&problems, [&](ProblemList& list) { return YoloFolder(labels, images, options, list).read(); });
}

}  // namespace boxfeed
