#include <boxfeed/annotations/annotation_table_builder.h>
#include <boxfeed/annotations/split.h>
#include <boxfeed/annotations/yolo.h>
#include <boxfeed/core/file.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "annotations/problem_list.h"
#include "annotations/yolo_setup.h"
#include "core/number_text.h"
#include "core/text.h"

namespace boxfeed {
namespace {

namespace fs = std::filesystem;

constexpr float kMaxClassId = 1'000'000;
/// Beyond it, a number is no fraction of an image.
constexpr float kMaxFraction = 2;
constexpr std::uint64_t kMaxBytes = std::uint64_t{64} << 20;

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

/// What a text file and its image have in common: the path without the extension and without folders called "images" or
/// "labels".
std::string key_of(const std::string& path) {
  std::string key;
  const fs::path whole(path);
  for (const auto& folder : whole.parent_path()) {
    const std::string name = to_lower(folder.string());
    if (name != "images" && name != "labels") key += folder.string() + "/";
  }
  return key + whole.stem().string();
}

std::string loose(const std::string& key) { return to_lower(decomposed(key)); }

/// Finds the text file of each image.
class TextFiles {
 public:
  explicit TextFiles(const std::string& folder) : names_(list_files(folder, {".txt"})), used_(names_.size(), false) {
    for (std::size_t i = 0; i < names_.size(); ++i) {
      add(by_key_, key_of(names_[i]), i);
      add(by_loose_key_, loose(key_of(names_[i])), i);
      add(by_stem_, fs::path(names_[i]).stem().string(), i);
    }
  }

  /// The text file of the image; empty where there is none. `stem_is_unique`: no other image has its name.
  std::string of(const std::string& image, bool stem_is_unique) {
    auto found = only(by_key_, key_of(image));
    if (!found) found = only(by_loose_key_, loose(key_of(image)));
    if (!found && stem_is_unique) found = only(by_stem_, fs::path(image).stem().string());
    if (!found) return {};
    used_[*found] = true;
    return names_[*found];
  }

  /// Those that no image was found for.
  std::vector<std::string> others() const {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (!used_[i]) out.push_back(names_[i]);
    }
    return out;
  }

 private:
  static constexpr std::size_t kSeveral = static_cast<std::size_t>(-1);
  using Index = std::unordered_map<std::string, std::size_t>;

  static void add(Index& index, const std::string& key, std::size_t i) {
    const auto [entry, is_new] = index.try_emplace(key, i);
    if (!is_new) entry->second = kSeveral;
  }
  static std::optional<std::size_t> only(const Index& index, const std::string& key) {
    const auto found = index.find(key);
    return found == index.end() || found->second == kSeveral ? std::nullopt : std::optional<std::size_t>(found->second);
  }

  std::vector<std::string> names_;
  std::vector<bool> used_;
  Index by_key_, by_loose_key_, by_stem_;
};

/// Says which part of the data an image is in, by the lists of parts or else by the names of its folders.
class Parts {
 public:
  Parts(const std::vector<YoloPart>& parts, const std::string& images)
      : images_(fs::absolute(images).lexically_normal()) {
    for (const auto& part : parts) {
      if (!part.folder.empty()) folders_.emplace_back(part.folder + "/", part.split);
      for (const auto& image : part.images) {
        listed_.emplace(fs::path(image).is_absolute() ? image : "", part.split);
        by_name_[fs::path(image).filename().string()] = part.split;
      }
    }
  }

  bool are_given() const { return !folders_.empty() || !by_name_.empty(); }

  std::string of(const std::string& image) const {
    if (!are_given()) return split_of_path(image);
    const std::string path = (images_ / image).lexically_normal().string();
    for (const auto& [folder, split] : folders_) {
      if (path.compare(0, folder.size(), folder) == 0) return split;
    }
    if (const auto found = listed_.find(path); found != listed_.end()) return found->second;
    const auto found = by_name_.find(fs::path(image).filename().string());
    return found == by_name_.end() ? std::string() : found->second;
  }

 private:
  fs::path images_;
  std::vector<std::pair<std::string, std::string>> folders_;
  std::unordered_map<std::string, std::string> listed_;
  std::unordered_map<std::string, std::string> by_name_;
};

/// Reads one text file after another into records.
class YoloFolder {
 public:
  YoloFolder(std::string labels, std::string images, const YoloOptions& options, ProblemList& problems)
      : labels_(std::move(labels)),
        images_(std::move(images)),
        options_(options),
        problems_(problems),
        setup_(find_yolo_setup(labels_, options.class_names().empty())),
        names_(options.class_names().empty() ? setup_.class_names : options.class_names()),
        keypoints_(options.keypoints().value_or(setup_.keypoints ? (*setup_.keypoints)[0] : 0)),
        each_(!options.keypoints() && setup_.keypoints ? (*setup_.keypoints)[1] : 0) {}

  AnnotationTable read() {
    TextFiles texts(labels_);
    const auto images = list_files(images_, image_extensions());
    std::unordered_map<std::string, std::size_t> images_of_stem;
    for (const auto& image : images) ++images_of_stem[fs::path(image).stem().string()];
    const Parts parts(setup_.parts, images_);
    const bool named = !names_.empty();
    for (const auto& image : images) {
      AnnotationRecord record;
      record.name = image;
      record.box_units = BoxUnits::kFractions;
      record.split = parts.of(image);
      record.source = texts.of(image, images_of_stem[fs::path(image).stem().string()] == 1);
      if (!record.source.empty()) {
        record.line = 1;
        read_file(named, record);
      }
      records_.push_back(std::move(record));
    }
    refuse_poses();
    refuse_texts_without_image(texts.others());
    if (records_.empty() && problems_.total() == 0 && !options_.allow_empty()) {
      throw AnnotationError(Reason::kEmptyFile, images_, 0, "expected images in this folder, got none");
    }
    for (std::size_t k = names_.size(); !named && k < class_count_; ++k) names_.push_back(std::to_string(k));
    return build();
  }

 private:
  AnnotationTable build() {
    AnnotationTableInfo info;
    info.path = labels_;
    info.path_is_folder = true;
    info.class_names = names_;
    info.box_units = BoxUnits::kFractions;
    info.label_layout.box_format = BoxFormat::kCXCYWH;
    info.remarks = setup_.remarks;
    if (outlines_ > 0) info.remarks.push_back(counted(outlines_, "outline") + " of points: the box around each");
    if (passed_over_ > 0) {
      info.remarks.push_back(counted(passed_over_, "text file") + " without boxes and image passed over");
    }
    AnnotationTableBuilder builder(std::move(info));
    for (const auto& record : records_) builder.add(record);
    return builder.build();
  }

  void refuse_texts_without_image(const std::vector<std::string>& names) {
    for (const auto& name : names) {
      if (is_no_label_file(fs::path(name).filename().string())) continue;
      if (!begins_with_number(labels_ + "/" + name)) {
        ++passed_over_;
        continue;
      }
      problems_.add({Reason::kNotFound,
                     labels_ + "/" + name,
                     0,
                     {},
                     "expected an image of the same name in " + boxfeed::quoted(images_) + ", got none"});
    }
  }

  /// Whether the file may hold boxes; an empty one may.
  static bool begins_with_number(const std::string& path) {
    try {
      const std::string text = read_text(path, kMaxBytes);
      for (const auto line : lines_of(text)) {
        const auto words = words_of(line);
        if (!words.empty()) return is_number(words.front());
      }
    } catch (const Error&) {
    }
    return true;
  }

  void refuse(Reason reason, const std::string& text) { problems_.add({reason, path_, line_, image_, text}); }

  void read_file(bool named, AnnotationRecord& record) {
    path_ = labels_ + "/" + record.source;
    image_ = record.name;
    line_ = 0;
    try {
      const std::string text = read_text(path_, kMaxBytes);
      for (const auto line : lines_of(text)) {
        ++line_;
        const auto words = words_of(line);
        if (!words.empty()) read_object(words, named, record);
      }
    } catch (const Error& error) {
      line_ = 0;
      refuse(error.reason(), error.what());
    }
  }

  void read_object(const std::vector<std::string_view>& words, bool named, AnnotationRecord& record) {
    if (each_ == 0 && keypoints_ > 0 && words.size() == 5 + 3 * keypoints_) each_ = 3;
    if (each_ == 0) each_ = 2;
    const std::size_t wanted = 5 + each_ * keypoints_;
    const bool is_outline = keypoints_ == 0 && words.size() >= 7 && words.size() % 2 == 1;
    if (words.size() != wanted && !is_outline) {
      return refuse(Reason::kColumnCount,
                    "expected " + std::to_string(wanted) + " numbers (class, cx, cy, w, h" +
                        (keypoints_ > 0 ? " and keypoints" : ", or a class and the points of an outline") + "), got " +
                        std::to_string(words.size()) +
                        (keypoints_ == 0 && words.size() > 6 ? ": for keypoints the option is `keypoints(n)`" : ""));
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
    for (std::size_t i = 1; i < (is_outline ? values.size() : 5); ++i) {
      if (std::abs(values[i]) > kMaxFraction) {
        return refuse(Reason::kUnits, "expected a fraction of the image's width or height, got " +
                                          quoted(std::string(words[i])) + ": are these pixels?");
      }
    }
    if (is_outline) note_outline(values);
    record.boxes.push_back(is_outline ? box_around(values)
                                      : box_from(BoxFormat::kCXCYWH, {values[1], values[2], values[3], values[4]}));
    record.box_lines.push_back(line_);
    record.class_ids.push_back(static_cast<std::int32_t>(values[0]));
    class_count_ = std::max(class_count_, static_cast<std::size_t>(values[0]) + 1);
    if (is_outline) return;
    for (std::size_t i = 5; i < values.size(); i += each_) {
      const bool missing = each_ == 2 && values[i] < 0 && values[i + 1] < 0;
      record.keypoints.push_back(missing ? Keypoint{-1, -1, 0}
                                         : Keypoint{values[i], values[i + 1], each_ == 3 ? values[i + 2] : 2});
    }
  }

  /// An outline looks like a box with keypoints where its numbers behind the first four lie within the box of these.
  void note_outline(const std::vector<float>& values) {
    constexpr float kMargin = 0.02F;
    const Box box = box_from(BoxFormat::kCXCYWH, {values[1], values[2], values[3], values[4]});
    bool is_pose = values.size() == pose_length_ || outlines_ == 0;
    for (std::size_t i = 5; i + 1 < values.size(); i += 2) {
      is_pose = is_pose && values[i] >= box.xmin - kMargin && values[i] <= box.xmax + kMargin &&
                values[i + 1] >= box.ymin - kMargin && values[i + 1] <= box.ymax + kMargin;
    }
    pose_length_ = is_pose ? values.size() : 0;
    ++outlines_;
    if (outlines_ == 1) first_outline_ = {Reason::kAmbiguous, path_, line_, image_, {}};
  }

  /// All lines that are longer than a box may be boxes with keypoints.
  void refuse_poses() {
    if (outlines_ == 0 || pose_length_ == 0 || options_.keypoints()) return;
    const std::string count = std::to_string((pose_length_ - 5) / 2);
    first_outline_.text = "lines of " + std::to_string(pose_length_) + " numbers may be a class, a box and " + count +
                          " keypoints, or a class and the points of an outline: `keypoints(" + count +
                          ")` or `keypoints(0)`";
    throw AnnotationError(first_outline_);
  }

  /// The box around the points x, y, x, y, … behind the class.
  static Box box_around(const std::vector<float>& values) {
    Box box{values[1], values[2], values[1], values[2]};
    for (std::size_t i = 1; i + 1 < values.size(); i += 2) {
      box.xmin = std::min(box.xmin, values[i]);
      box.xmax = std::max(box.xmax, values[i]);
      box.ymin = std::min(box.ymin, values[i + 1]);
      box.ymax = std::max(box.ymax, values[i + 1]);
    }
    return box;
  }

  std::string labels_;
  std::string images_;
  const YoloOptions& options_;
  ProblemList& problems_;
  YoloSetup setup_;
  std::vector<std::string> names_;
  std::size_t keypoints_;
  std::size_t each_;  ///< numbers of each keypoint; 0 until the first object says it
  std::size_t class_count_ = 0;
  std::size_t outlines_ = 0;
  std::size_t pose_length_ = 0;  ///< of all lines that may have keypoints; 0 where one cannot
  AnnotationProblem first_outline_;
  std::size_t passed_over_ = 0;
  std::string path_;
  std::string image_;
  std::size_t line_ = 0;
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
