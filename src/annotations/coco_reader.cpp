#include <boxfeed/annotations/annotation_table_builder.h>
#include <boxfeed/annotations/coco.h>
#include <boxfeed/core/error.h>
#include <boxfeed/core/file.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "annotations/problem_list.h"

namespace boxfeed {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kMaxSide = 16777216;
constexpr std::size_t kMaxDepth = 64;

/// Reads the file, without the outlines, which are most of it and are not used here.
Json parse(const std::string& path, std::uint64_t max_bytes) {
  std::vector<std::uint8_t> bytes;
  InputFile(path).read_all(bytes, max_bytes);
  try {
    return Json::parse(bytes.begin(), bytes.end(), [](int depth, Json::parse_event_t event, Json& value) {
      if (event == Json::parse_event_t::key) {
        const auto& key = value.get_ref<const std::string&>();
        return key != "segmentation" && key != "info" && key != "licenses";
      }
      return depth < static_cast<int>(kMaxDepth);
    });
  } catch (const Json::parse_error& error) {
    const std::size_t at = std::min(error.byte, bytes.size());
    const auto line = 1 + std::count(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(at), '\n');
    throw AnnotationError(Reason::kSyntax, path, static_cast<std::size_t>(line),
                          "expected JSON, got an error at byte " + std::to_string(error.byte));
  } catch (const Json::out_of_range&) {
    throw AnnotationError(Reason::kOutOfRange, path, 0,
                          "expected numbers within the range of a double, got a larger one");
  }
}

const Json* member(const Json& object, const char* name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() || found->is_null() || found->is_discarded() ? nullptr : &*found;
}

std::optional<std::int64_t> integer(const Json& object, const char* name) {
  const Json* value = member(object, name);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  if (value->is_number_float()) {
    const double number = value->get<double>();
    if (number != std::floor(number) || std::abs(number) > 9e15) return std::nullopt;
    return static_cast<std::int64_t>(number);
  }
  return value->get<std::int64_t>();
}

bool is_set(const Json& object, const char* name) {
  const Json* value = member(object, name);
  return value != nullptr && ((value->is_number() && value->get<double>() != 0) || *value == true);
}

std::optional<double> finite(const Json& value) {
  if (!value.is_number()) return std::nullopt;
  const double number = value.get<double>();
  if (!(std::abs(number) <= static_cast<double>(std::numeric_limits<float>::max()))) return std::nullopt;
  return number;
}

/// Builds a table from a parsed file.
class CocoTable {
 public:
  CocoTable(const std::string& path, const Json& root, const CocoOptions& options, ProblemList& problems)
      : path_(path), root_(root), options_(options), problems_(problems) {}

  AnnotationTable build() {
    read_categories();
    read_images();
    read_annotations();
    if (records_.empty() && problems_.total() == 0 && !options_.allow_empty()) {
      throw AnnotationError(Reason::kEmptyFile, path_, 0, "expected images, got none");
    }
    AnnotationTableInfo info;
    info.path = path_;
    info.class_names = class_names_;
    info.category_ids = category_ids_;
    AnnotationTableBuilder builder(std::move(info));
    for (auto& record : records_) {
      builder.add(record);
      record = {};
    }
    return builder.build();
  }

 private:
  void refuse(Reason reason, const std::string& where, const std::string& text, const std::string& image = {}) {
    problems_.add({reason, path_, 0, image, where + ": " + text});
  }

  const Json& list(const char* name) const {
    const Json* value = member(root_, name);
    if (value == nullptr || !value->is_array()) {
      throw AnnotationError(Reason::kSyntax, path_, 0,
                            "expected a list \"" + std::string(name) + "\" as in COCO's files, got none");
    }
    return *value;
  }

  static std::string entry_name(const char* list, std::size_t i, std::optional<std::int64_t> id) {
    return std::string(list) + "[" + std::to_string(i) + "]" + (id ? " (id " + std::to_string(*id) + ")" : "");
  }

  void read_categories() {
    std::map<std::int64_t, std::string> categories;
    const Json& all = list("categories");
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto id = integer(all[i], "id");
      const Json* name = member(all[i], "name");
      const std::string where = entry_name("categories", i, id);
      if (!id) {
        refuse(Reason::kSyntax, where, "expected a whole number \"id\", got none");
      } else if (name == nullptr || !name->is_string()) {
        refuse(Reason::kSyntax, where, "expected a text \"name\", got none");
      } else if (!categories.try_emplace(*id, name->get<std::string>()).second) {
        refuse(Reason::kSyntax, where, "expected each id once, got it again");
      }
    }
    for (const auto& [id, name] : categories) {
      class_of_[id] = static_cast<std::int32_t>(class_names_.size());
      category_ids_.push_back(id);
      class_names_.push_back(name);
    }
  }

  void read_images() {
    const Json& all = list("images");
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto id = integer(all[i], "id");
      const Json* name = member(all[i], "file_name");
      const std::string where = entry_name("images", i, id);
      if (!id) {
        refuse(Reason::kSyntax, where, "expected a whole number \"id\", got none");
        continue;
      }
      if (name == nullptr || !name->is_string() || name->get_ref<const std::string&>().empty()) {
        refuse(Reason::kSyntax, where, "expected a text \"file_name\", got none");
        continue;
      }
      if (!record_of_.try_emplace(*id, records_.size()).second) {
        refuse(Reason::kSyntax, where, "expected each id once, got it again");
        continue;
      }
      AnnotationRecord record;
      record.name = name->get<std::string>();
      record.image_id = *id;
      read_size(all[i], where, record);
      records_.push_back(std::move(record));
    }
  }

  void read_size(const Json& image, const std::string& where, AnnotationRecord& record) {
    if (member(image, "width") == nullptr && member(image, "height") == nullptr) return;
    const auto width = integer(image, "width"), height = integer(image, "height");
    if (!width || !height || *width < 1 || *height < 1 || *width > kMaxSide || *height > kMaxSide) {
      refuse(Reason::kSyntax, where,
             "expected \"width\" and \"height\" in whole pixels, at least 1, got something else", record.name);
      return;
    }
    record.image_size = ImageSize{*height, *width};
  }

  void read_annotations() {
    const Json& all = list("annotations");
    for (std::size_t i = 0; i < all.size(); ++i)
      read_annotation(all[i], entry_name("annotations", i, integer(all[i], "id")));
  }

  void read_annotation(const Json& annotation, const std::string& where) {
    const auto image = integer(annotation, "image_id"), category = integer(annotation, "category_id");
    const auto record = image ? record_of_.find(*image) : record_of_.end();
    if (record == record_of_.end()) {
      return refuse(Reason::kSyntax, where,
                    "expected the id of an image as \"image_id\", got " + (image ? std::to_string(*image) : "none"));
    }
    auto& to = records_[record->second];
    const auto found = category ? class_of_.find(*category) : class_of_.end();
    if (found == class_of_.end()) {
      return refuse(
          Reason::kClassRange, where,
          "expected the id of a category as \"category_id\", got " + (category ? std::to_string(*category) : "none"),
          to.name);
    }
    const Json* box = member(annotation, "bbox");
    std::array<double, 4> values{};
    if (box == nullptr || !box->is_array() || box->size() != 4) {
      return refuse(Reason::kSyntax, where, "expected \"bbox\" with x, y, width and height, got something else",
                    to.name);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      const auto value = finite((*box)[k]);
      if (!value)
        return refuse(Reason::kBadNumber, where, "expected four finite numbers in \"bbox\", got something else",
                      to.name);
      values[k] = *value;
    }
    const bool is_crowd = is_set(annotation, "iscrowd");
    if (is_crowd && !options_.crowd()) return;

    if (!read_keypoints(annotation, where, to)) return;
    // In double, so that what was written as xmax - xmin becomes xmax again.
    to.boxes.push_back({static_cast<float>(values[0]), static_cast<float>(values[1]),
                        static_cast<float>(values[0] + values[2]), static_cast<float>(values[1] + values[3])});
    to.class_ids.push_back(found->second);
    to.flags.push_back(
        static_cast<std::uint8_t>((is_crowd ? kCrowd : 0) | (is_set(annotation, "difficult") ? kDifficult : 0)));
    const Json* area = member(annotation, "area");
    const auto number = area != nullptr ? finite(*area) : std::nullopt;
    to.areas.push_back(static_cast<float>(number.value_or(values[2] * values[3])));
  }

  bool read_keypoints(const Json& annotation, const std::string& where, AnnotationRecord& to) {
    const Json* points = member(annotation, "keypoints");
    if (points == nullptr) return true;
    std::vector<float> values;
    if (points->is_array()) {
      for (const Json& value : *points) {
        if (const auto number = finite(value)) values.push_back(static_cast<float>(*number));
      }
    }
    if (!points->is_array() || values.size() != points->size() || values.size() % 3 != 0) {
      refuse(Reason::kSyntax, where, "expected \"keypoints\" with x, y and visibility of each, got something else",
             to.name);
      return false;
    }
    for (std::size_t k = 0; k < values.size(); k += 3)
      to.keypoints.push_back({values[k], values[k + 1], values[k + 2]});
    return true;
  }

  const std::string& path_;
  const Json& root_;
  const CocoOptions& options_;
  ProblemList& problems_;
  std::vector<std::string> class_names_;
  std::vector<std::int64_t> category_ids_;
  std::unordered_map<std::int64_t, std::int32_t> class_of_;
  std::unordered_map<std::int64_t, std::size_t> record_of_;
  std::vector<AnnotationRecord> records_;
};

AnnotationTable read(const std::string& path, const CocoOptions& options, std::vector<AnnotationProblem>* problems) {
  const Json root = parse(path, options.max_bytes());
  return with_problems(problems, [&](ProblemList& list) { return CocoTable(path, root, options, list).build(); });
}

}  // namespace

AnnotationTable read_coco(const std::string& path, const CocoOptions& options) { return read(path, options, nullptr); }

AnnotationTable read_coco(const std::string& path, const CocoOptions& options,
                          std::vector<AnnotationProblem>& problems) {
  return read(path, options, &problems);
}

}  // namespace boxfeed
