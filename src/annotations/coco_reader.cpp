#include <boxfeed/annotations/annotation_table_builder.h>
#include <boxfeed/annotations/coco.h>
#include <boxfeed/annotations/split.h>
#include <boxfeed/core/error.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "annotations/problem_list.h"
#include "core/text.h"

namespace boxfeed {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kMaxSide = 16777216;
constexpr std::size_t kMaxDepth = 64;

/// Puts an empty object, which is no number, for every NaN and Infinity, which JSON does not know but Python writes.
void replace_no_numbers(std::string& text) {
  if (text.find("NaN") == std::string::npos && text.find("Infinity") == std::string::npos) return;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') in_string = !in_string;
    if (in_string) {
      if (text[i] == '\\') ++i;
      continue;
    }
    for (const std::string_view word : {"NaN", "-Infinity", "Infinity"}) {
      if (text.compare(i, word.size(), word) != 0) continue;
      std::fill_n(text.begin() + static_cast<std::ptrdiff_t>(i), word.size(), ' ');
      text.replace(i, 2, "{}");
      break;
    }
  }
}

/// Without `outlines`, leaves them out: they are most of a file, and hardly ever used here.
Json parse(const std::string& path, const std::string& text, bool outlines) {
  try {
    return Json::parse(text.begin(), text.end(), [&](int depth, Json::parse_event_t event, Json& value) {
      if (event == Json::parse_event_t::key) {
        const auto& key = value.get_ref<const std::string&>();
        return (outlines || key != "segmentation") && key != "info" && key != "licenses";
      }
      return depth < static_cast<int>(kMaxDepth);
    });
  } catch (const Json::parse_error& error) {
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(error.byte, text.size()));
    const std::string_view words = error.what();  // "[json.exception.parse_error.101] parse error at …: …"
    const auto begin = words.find("] ");
    throw AnnotationError(Reason::kSyntax, path, 1 + static_cast<std::size_t>(std::count(text.begin(), end, '\n')),
                          "expected JSON, got at byte " + std::to_string(error.byte) + ": " +
                              std::string(words.substr(begin == std::string_view::npos ? 0 : begin + 2)));
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

/// An id as it stands: 7 and 7.0 are one, 7 and "7" are two. None where it is neither a whole number nor a text.
std::optional<std::string> id_of(const Json& object, const char* name) {
  if (const auto number = integer(object, name)) return std::to_string(*number);
  const Json* value = member(object, name);
  return value != nullptr && value->is_string()
             ? std::optional<std::string>(value->dump(-1, ' ', false, Json::error_handler_t::replace))
             : std::nullopt;
}

/// What stands at `name`, for messages.
std::string got(const Json& object, const char* name) {
  const Json* value = member(object, name);
  if (value == nullptr) return ", got none";
  constexpr std::size_t kShown = 60;
  const std::string text = value->dump(-1, ' ', false, Json::error_handler_t::replace);
  return ", got " + (text.size() > kShown ? text.substr(0, kShown) + "…" : text);
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

/// The x, y, width and height of the box around outlines of points [[x, y, x, y, …], …]; none for anything else.
std::optional<std::array<double, 4>> box_around(const Json& outlines) {
  if (!outlines.is_array() || outlines.empty()) return std::nullopt;
  std::array<double, 2> low{HUGE_VAL, HUGE_VAL}, high{-HUGE_VAL, -HUGE_VAL};
  for (const Json& outline : outlines) {
    if (!outline.is_array() || outline.size() < 6 || outline.size() % 2 != 0) return std::nullopt;
    for (std::size_t i = 0; i < outline.size(); ++i) {
      const auto value = finite(outline[i]);
      if (!value) return std::nullopt;
      low[i % 2] = std::min(low[i % 2], *value);
      high[i % 2] = std::max(high[i % 2], *value);
    }
  }
  return std::array<double, 4>{low[0], low[1], high[0] - low[0], high[1] - low[1]};
}

/// Whether some object has no box, so that its outline is needed.
bool lacks_boxes(const Json& root) {
  const Json* all = member(root, "annotations");
  return all != nullptr && all->is_array() && std::any_of(all->begin(), all->end(), [](const Json& annotation) {
           const Json* box = member(annotation, "bbox");
           return box == nullptr || (box->is_array() && box->empty());
         });
}

/// Builds a table from a parsed file.
class CocoTable {
  using Ids = std::unordered_map<std::string, std::size_t>;

 public:
  CocoTable(const std::string& path, const Json& root, const CocoOptions& options, ProblemList& problems)
      : path_(path), root_(root), options_(options), problems_(problems) {}

  AnnotationTable build() {
    read_categories();
    read_images();
    const Json& all = list("annotations");
    for (std::size_t i = 0; i < all.size(); ++i) read_annotation(all[i], entry_name("annotations", i, all[i]));
    if (records_.empty() && problems_.total() == 0 && !options_.allow_empty()) {
      throw AnnotationError(Reason::kEmptyFile, path_, 0, "expected images, got none");
    }
    AnnotationTableInfo info;
    info.path = path_;
    info.class_names = class_names_;
    info.category_ids = has_text_categories_ ? std::vector<std::int64_t>() : category_ids_;
    info.label_layout.box_format = BoxFormat::kXYWH;
    if (orphans_ > 0) {
      info.remarks.push_back(counted(orphans_, "object") + " of images that are not in the list left out");
    }
    if (outlined_ > 0)
      info.remarks.push_back(counted(outlined_, "object") + " without a box: the box around its outline");
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
                            "expected a list \"" + std::string(name) + "\" as in COCO's files" + got(root_, name));
    }
    return *value;
  }

  static std::string entry_name(const char* list, std::size_t i, const Json& entry) {
    const auto id = id_of(entry, "id");
    return std::string(list) + "[" + std::to_string(i) + "]" + (id ? " (id " + *id + ")" : "");
  }

  /// Puts the id of an entry with a text `name` into `ids`; false, and a problem, for another entry.
  bool take(const Json& entry, const std::string& where, const char* name, Ids& ids, std::size_t value) {
    const auto id = id_of(entry, "id");
    const Json* const text = member(entry, name);
    if (!id) {
      refuse(Reason::kSyntax, where, "expected a whole number or a text \"id\"" + got(entry, "id"));
    } else if (text == nullptr || !text->is_string() ||
               (&ids == &record_of_ && text->get_ref<const std::string&>().empty())) {
      refuse(Reason::kSyntax, where, "expected a text \"" + std::string(name) + "\"" + got(entry, name));
    } else if (!ids.try_emplace(*id, value).second) {
      refuse(Reason::kSyntax, where, "expected each id once, got it again");
    } else {
      return true;
    }
    return false;
  }

  void read_categories() {
    struct Category {
      std::optional<std::int64_t> number;
      std::string id, name;
    };
    std::vector<Category> categories;
    const Json& all = list("categories");
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (take(all[i], entry_name("categories", i, all[i]), "name", class_of_, 0)) {
        categories.push_back({integer(all[i], "id"), *id_of(all[i], "id"), all[i]["name"].get<std::string>()});
      }
    }
    std::stable_sort(categories.begin(), categories.end(), [](const Category& a, const Category& b) {
      return std::tie(a.number, a.id) < std::tie(b.number, b.id);
    });
    for (const auto& category : categories) {
      class_of_[category.id] = class_names_.size();
      category_ids_.push_back(category.number.value_or(0));
      has_text_categories_ = has_text_categories_ || !category.number;
      class_names_.push_back(category.name);
    }
  }

  void read_images() {
    const Json& all = list("images");
    for (std::size_t i = 0; i < all.size(); ++i) {
      const std::string where = entry_name("images", i, all[i]);
      if (!take(all[i], where, "file_name", record_of_, records_.size())) continue;
      AnnotationRecord record;
      record.name = all[i]["file_name"].get<std::string>();
      record.image_id = integer(all[i], "id");
      record.split = split_of_path(record.name);
      read_size(all[i], where, record);
      records_.push_back(std::move(record));
    }
  }

  void read_size(const Json& image, const std::string& where, AnnotationRecord& record) {
    if (member(image, "width") == nullptr && member(image, "height") == nullptr) return;
    const auto width = integer(image, "width"), height = integer(image, "height");
    if (width == 0 && height == 0) return;  // the tool did not know
    for (const char* side : {"width", "height"}) {
      const auto value = integer(image, side);
      if (value && *value >= 1 && *value <= kMaxSide) continue;
      refuse(Reason::kSyntax, where,
             "expected \"" + std::string(side) + "\" in whole pixels, at least 1" + got(image, side), record.name);
      return;
    }
    record.image_size = ImageSize{*height, *width};
  }

  void read_annotation(const Json& annotation, const std::string& where) {
    const auto image = id_of(annotation, "image_id"), category = id_of(annotation, "category_id");
    if (!image) {
      return refuse(Reason::kSyntax, where,
                    "expected the id of an image as \"image_id\"" + got(annotation, "image_id"));
    }
    const auto record = record_of_.find(*image);
    if (record == record_of_.end()) {
      ++orphans_;
      return;
    }
    auto& to = records_[record->second];
    const auto found = category ? class_of_.find(*category) : class_of_.end();
    if (found == class_of_.end()) {
      return refuse(Reason::kClassRange, where,
                    "expected the id of a category as \"category_id\"" + got(annotation, "category_id"), to.name);
    }
    const auto values = read_box(annotation, where, to.name);
    if (!values || !read_keypoints(annotation, where, to)) return;
    const auto& [x, y, width, height] = *values;
    // In double, so that what was written as xmax - xmin becomes xmax again.
    to.boxes.push_back(
        {static_cast<float>(x), static_cast<float>(y), static_cast<float>(x + width), static_cast<float>(y + height)});
    to.class_ids.push_back(static_cast<std::int32_t>(found->second));
    to.flags.push_back(static_cast<std::uint8_t>((is_set(annotation, "iscrowd") ? kCrowd : 0) |
                                                 (is_set(annotation, "difficult") ? kDifficult : 0)));
    const Json* area = member(annotation, "area");
    const auto number = area != nullptr ? finite(*area) : std::nullopt;
    to.areas.push_back(static_cast<float>(number.value_or(width * height)));
  }

  std::optional<std::array<double, 4>> read_box(const Json& annotation, const std::string& where,
                                                const std::string& image) {
    const Json* box = member(annotation, "bbox");
    if (box == nullptr || (box->is_array() && box->empty())) {
      const Json* outlines = member(annotation, "segmentation");
      const auto around = outlines != nullptr ? box_around(*outlines) : std::nullopt;
      if (around) {
        ++outlined_;
      } else {
        refuse(Reason::kSyntax, where,
               "expected \"bbox\" with x, y, width and height, or outlines of points in "
               "\"segmentation\", got neither",
               image);
      }
      return around;
    }
    std::array<double, 4> values{};
    bool is_good = box->is_array() && box->size() == 4;
    for (std::size_t k = 0; is_good && k < 4; ++k) {
      const auto value = finite((*box)[k]);
      is_good = value.has_value();
      values[k] = value.value_or(0);
    }
    if (is_good) return values;
    const bool is_four = box->is_array() && box->size() == 4;
    refuse(is_four ? Reason::kBadNumber : Reason::kSyntax, where,
           "expected \"bbox\" with x, y, width and height, four finite numbers" + got(annotation, "bbox"), image);
    return std::nullopt;
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
      refuse(Reason::kSyntax, where,
             "expected \"keypoints\" with x, y and visibility of each" + got(annotation, "keypoints"), to.name);
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
  bool has_text_categories_ = false;
  Ids class_of_;
  Ids record_of_;
  std::vector<AnnotationRecord> records_;
  std::size_t orphans_ = 0;
  std::size_t outlined_ = 0;
};

AnnotationTable read(const std::string& path, const CocoOptions& options, std::vector<AnnotationProblem>* problems) {
  std::string text = read_text(path, options.max_bytes());
  if (text.empty()) throw Error(Reason::kEmptyFile, "expected data, got an empty file: " + quoted(path), path);
  replace_no_numbers(text);
  Json root = parse(path, text, false);
  if (lacks_boxes(root)) root = parse(path, text, true);
  return with_problems(problems, [&](ProblemList& list) { return CocoTable(path, root, options, list).build(); });
}

}  // namespace

AnnotationTable read_coco(const std::string& path, const CocoOptions& options) { return read(path, options, nullptr); }

AnnotationTable read_coco(const std::string& path, const CocoOptions& options,
                          std::vector<AnnotationProblem>& problems) {
  return read(path, options, &problems);
}

}  // namespace boxfeed
