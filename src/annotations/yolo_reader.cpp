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

#include "annotations/folder_list.h"
#include "annotations/number_text.h"
#include "annotations/problem_list.h"

namespace boxfeed {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxBytes = std::uint64_t{64} << 20;
constexpr float kMaxClassId = 1'000'000;
/// Beyond it, a number is no fraction of an image.
constexpr float kMaxFraction = 2;
constexpr const char* kClassFile = "classes.txt";

/// The lines of a file without the blanks at their ends.
std::vector<std::string> lines_of(const std::string& path) {
  InputFile file(path);
  std::vector<std::uint8_t> bytes;
  if (file.size() > 0) file.read_all(bytes, kMaxBytes);
  std::vector<std::string> lines;
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
    lines.emplace_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

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
  YoloFolder(std::string labels, std::string images, const YoloOptions& options)
      : labels_(std::move(labels)), images_(std::move(images)), options_(options), names_(options.class_names()) {}

  AnnotationTable read() {
    if (names_.empty()) read_class_file();
    const bool named = !names_.empty();
    std::unordered_map<std::string, std::string> text_of;
    for (const auto& name : list_files(labels_, {".txt"}, true)) {
      if (fs::path(name).filename() != kClassFile) text_of[stem_of(name)] = name;
    }
    for (const auto& image : list_files(images_, {".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"}, true)) {
      AnnotationRecord record;
      record.name = image;
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
    problems_.throw_if_any();
    if (records_.empty() && !options_.allow_empty()) {
      throw CsvError(Reason::kEmptyFile, images_, 0, "expected images in this folder, got none");
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
  void read_class_file() {
    for (const auto& folder : {fs::path(labels_), fs::absolute(labels_).lexically_normal().parent_path()}) {
      const auto path = folder / kClassFile;
      std::error_code ignored;
      if (!fs::exists(path, ignored)) continue;
      names_ = lines_of(path.string());
      while (!names_.empty() && names_.back().empty()) names_.pop_back();
      return;
    }
  }

  void refuse_texts_without_image(const std::unordered_map<std::string, std::string>& text_of) {
    std::vector<std::string> alone;
    std::sort(used_.begin(), used_.end());
    for (const auto& [stem, name] : text_of) {
      if (!std::binary_search(used_.begin(), used_.end(), name)) alone.push_back(name);
    }
    std::sort(alone.begin(), alone.end());
    for (const auto& name : alone) {
      problems_.add(labels_ + "/" + name, 0, Reason::kNotFound,
                    "expected an image of the same name in " + boxfeed::quoted(images_) + ", got none");
    }
  }

  void refuse(Reason reason, const std::string& text) { problems_.add(path_, line_, reason, text); }

  void read_file(const std::string& name, bool named, AnnotationRecord& record) {
    path_ = labels_ + "/" + name;
    line_ = 0;
    for (const auto& line : lines_of(path_)) {
      ++line_;
      const auto words = words_of(line);
      if (!words.empty()) read_object(words, named, record);
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
                    "expected a class from 0 to " + number_text(limit) + ", got " + quoted(std::string(words[0])));
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
      record.keypoints.push_back({values[i], values[i + 1], each == 3 ? values[i + 2] : 2});
    }
  }

  std::string labels_;
  std::string images_;
  const YoloOptions& options_;
  std::vector<std::string> names_;
  std::size_t class_count_ = 0;
  std::string path_;
  std::size_t line_ = 0;
  std::vector<std::string> used_;
  ProblemList problems_;
  std::vector<AnnotationRecord> records_;
};

}  // namespace

AnnotationTable read_yolo(const std::string& labels, const std::string& images, const YoloOptions& options) {
  return YoloFolder(labels, images, options).read();
}

}  // namespace boxfeed
