#include <boxfeed/annotations/annotation_table_builder.h>
#include <boxfeed/annotations/split.h>
#include <boxfeed/annotations/voc.h>
#include <boxfeed/core/error.h>
#include <boxfeed/core/file.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "annotations/problem_list.h"
#include "annotations/table_columns.h"
#include "core/number_text.h"
#include "core/text.h"

namespace boxfeed {
namespace {

constexpr std::uint64_t kMaxBytes = std::uint64_t{64} << 20;
constexpr float kMaxSide = 16777216;

namespace fs = std::filesystem;

/// What the lists of `ImageSets/Main` in or beside the folder say: the part of the data by the name of an XML file
/// without its extension.
std::unordered_map<std::string, std::string> read_image_sets(const std::string& folder) {
  std::unordered_map<std::string, std::string> parts;
  const fs::path own = fs::absolute(folder).lexically_normal();
  for (const auto& above : {own, own.filename().empty() ? own.parent_path().parent_path() : own.parent_path()}) {
    const auto read = [&](const char* part, const char* word) {
      const fs::path path = above / "ImageSets" / "Main" / (std::string(part) + ".txt");
      std::error_code ignored;
      if (!fs::exists(path, ignored)) return;
      const std::string text = read_text(path.string(), kMaxBytes);
      for (const auto line : lines_of(text)) {
        const auto stem = trimmed(line.substr(0, line.find_first_of(" \t")));
        if (!stem.empty()) parts.try_emplace(std::string(stem), word);
      }
    };
    read("train", "train");
    read("val", "val");
    read("test", "test");
    read("trainval", "train");
    if (!parts.empty()) break;
  }
  return parts;
}

/// The box around points, each coordinate in turn; none for less than three points.
std::optional<std::array<float, 4>> box_around(const std::vector<std::array<float, 2>>& points) {
  if (points.size() < 3) return std::nullopt;
  std::array<float, 4> box{points[0][0], points[0][1], points[0][0], points[0][1]};
  for (const auto& point : points) {
    for (std::size_t axis = 0; axis < 2; ++axis) {
      box[axis] = std::min(box[axis], point[axis]);
      box[2 + axis] = std::max(box[2 + axis], point[axis]);
    }
  }
  return box;
}

/// Reads one file after another into records.
class VocFolder {
 public:
  VocFolder(std::string folder, const VocOptions& options, ProblemList& problems)
      : folder_(std::move(folder)), options_(options), problems_(problems), image_sets_(read_image_sets(folder_)) {}

  AnnotationTable read() {
    const auto names = list_files(folder_, {".xml"});
    const auto is_below = [](const std::string& name) { return name.find('/') != std::string::npos; };
    const auto below = static_cast<std::size_t>(std::count_if(names.begin(), names.end(), is_below));
    const bool only_own = below < names.size();
    for (const auto& name : names) {
      if (!only_own || !is_below(name)) read_file(name);
    }
    resolve_classes();
    if (records_.empty() && problems_.total() == 0 && !options_.allow_empty()) {
      throw AnnotationError(Reason::kEmptyFile, folder_, 0, "expected XML files in this folder, got none");
    }
    AnnotationTableInfo info;
    info.path = folder_;
    info.path_is_folder = true;
    info.class_names = class_names_;
    info.label_layout.box_format = BoxFormat::kXYXY;
    if (only_own && below > 0) info.remarks.push_back(counted(below, "XML file") + " in sub-folders passed over");
    if (outlined_ > 0)
      info.remarks.push_back(counted(outlined_, "object") + " without a box: the box around its outline");
    AnnotationTableBuilder builder(std::move(info));
    for (const auto& record : records_) builder.add(record);
    return builder.build();
  }

 private:
  std::size_t line_at(std::ptrdiff_t offset) const {
    const auto end = std::clamp<std::ptrdiff_t>(offset, 0, static_cast<std::ptrdiff_t>(bytes_.size()));
    return 1 + static_cast<std::size_t>(std::count(bytes_.begin(), bytes_.begin() + end, '\n'));
  }

  void refuse(std::ptrdiff_t offset, Reason reason, const std::string& text) {
    problems_.add({reason, path_, line_at(offset), image_, text});
  }

  void read_file(const std::string& name) {
    path_ = folder_ + "/" + name;
    image_.clear();
    try {
      InputFile(path_).read_all(bytes_, kMaxBytes);
    } catch (const Error& error) {
      return problems_.add({error.reason(), path_, 0, {}, error.what()});
    }
    pugi::xml_document document;
    const auto result = document.load_buffer(bytes_.data(), bytes_.size());
    if (!result)
      return refuse(result.offset, Reason::kSyntax, std::string("expected XML, got: ") + result.description());
    const auto root = document.child("annotation");
    if (!root) return refuse(0, Reason::kSyntax, "expected <annotation> as in VOC's files, got none");

    AnnotationRecord record;
    record.source = name;
    record.line = line_at(root.offset_debug());
    record.name = trimmed(root.child_value("filename"));
    if (record.name.empty()) record.name = fs::path(name).replace_extension().string();
    image_ = record.name;
    const auto listed = image_sets_.find(fs::path(name).stem().string());
    if (listed != image_sets_.end()) record.split = listed->second;
    if (image_sets_.empty()) record.split = split_of_path(record.name);
    if (image_sets_.empty() && record.split.empty()) record.split = split_of_path(name);
    if (const auto size = root.child("size")) read_size(size, record);
    for (const auto object : root.children("object")) read_object(object, record);
    records_.push_back(std::move(record));
  }

  void read_size(pugi::xml_node size, AnnotationRecord& record) {
    std::array<std::int64_t, 2> sides{};
    const std::array<const char*, 2> names{"width", "height"};
    for (std::size_t i = 0; i < 2; ++i) {
      float value = 0;
      const auto text = trimmed(size.child_value(names[i]));
      if (parse_number(text, value) || value < 0 || value > kMaxSide || value != std::floor(value)) {
        return refuse(
            size.offset_debug(), Reason::kBadNumber,
            "expected a whole number of pixels in <" + std::string(names[i]) + ">, got " + quoted(std::string(text)));
      }
      sides[i] = static_cast<std::int64_t>(value);
    }
    if (sides[0] > 0 && sides[1] > 0)
      record.image_size = ImageSize{sides[1], sides[0]};  // 0 × 0: the tool did not know
  }

  void read_object(pugi::xml_node object, AnnotationRecord& record) {
    const auto difficult = trimmed(object.child_value("difficult"));
    const bool is_difficult = !difficult.empty() && difficult != "0";
    const auto name = trimmed(object.child_value("name"));
    if (name.empty()) return refuse(object.offset_debug(), Reason::kSyntax, "expected a class in <name>, got none");
    std::array<float, 4> values{};
    float shift = options_.one_based() ? 1 : 0;
    if (const auto bounds = object.child("bndbox")) {
      const std::array<const char*, 4> sides{"xmin", "ymin", "xmax", "ymax"};
      for (std::size_t i = 0; i < 4; ++i) {
        const auto text = trimmed(bounds.child_value(sides[i]));
        if (const auto reason = parse_number(text, values[i])) {
          return refuse(bounds.offset_debug(), *reason,
                        "<" + std::string(sides[i]) + ">: " + number_problem(*reason, text));
        }
      }
    } else {
      const auto around = box_around(outline_of(object));
      if (!around) {
        return refuse(object.offset_debug(), Reason::kSyntax,
                      "expected a box in <bndbox>, or an outline in <polygon> or <robndbox>, got none");
      }
      values = *around;
      shift = 0;
      ++outlined_;
    }
    record.boxes.push_back({values[0] - shift, values[1] - shift, values[2], values[3]});
    record.flags.push_back(is_difficult ? kDifficult : kNoFlags);
    record.box_lines.push_back(line_at(object.offset_debug()));
    record.class_ids.push_back(static_cast<std::int32_t>(classes_.id(name)));
  }

  /// The points of <polygon>, as x1, y1, x2, … or in <pt>, or the corners of the turned box <robndbox>; none for
  /// others.
  static std::vector<std::array<float, 2>> outline_of(pugi::xml_node object) {
    std::vector<std::array<float, 2>> points;
    const auto number = [](pugi::xml_node node, const std::string& name) {
      float value = 0;
      const bool is_bad = parse_number(trimmed(node.child_value(name.c_str())), value).has_value();
      return is_bad ? std::optional<float>() : std::optional<float>(value);
    };
    const auto add = [&](std::optional<float> x, std::optional<float> y) {
      if (x && y) points.push_back({*x, *y});
      return x && y;
    };
    const auto polygon = object.child("polygon");
    for (const auto point : polygon.children("pt")) add(number(point, "x"), number(point, "y"));
    for (int k = 1; polygon; ++k) {
      if (!add(number(polygon, "x" + std::to_string(k)), number(polygon, "y" + std::to_string(k)))) break;
    }
    const auto turned = object.child("robndbox");
    const auto cx = number(turned, "cx"), cy = number(turned, "cy"), w = number(turned, "w"), h = number(turned, "h"),
               angle = number(turned, "angle");
    if (!cx || !cy || !w || !h || !angle) return points;
    const float c = std::cos(*angle) / 2, s = std::sin(*angle) / 2;
    for (const float x : {-*w, *w}) {
      for (const float y : {-*h, *h}) points.push_back({*cx + c * x - s * y, *cy + s * x + c * y});
    }
    return points;
  }

  /// From numbers in the order in which the classes came to their ids, without the objects of other classes.
  void resolve_classes() {
    class_names_ = options_.class_names();
    if (class_names_.empty()) {
      class_names_ = classes_.names();
      std::sort(class_names_.begin(), class_names_.end());
    }
    std::vector<std::optional<std::int32_t>> ids;
    for (const auto& name : classes_.names()) {
      const auto at = std::find(class_names_.begin(), class_names_.end(), name);
      ids.emplace_back();
      if (at != class_names_.end()) ids.back() = static_cast<std::int32_t>(at - class_names_.begin());
    }
    for (auto& record : records_) {
      std::vector<bool> keep;
      for (std::size_t k = 0; k < record.class_ids.size(); ++k) {
        const auto number = static_cast<std::size_t>(record.class_ids[k]);
        keep.push_back(ids[number].has_value());
        record.class_ids[k] = ids[number].value_or(0);
        if (keep[k]) continue;
        problems_.add({Reason::kClassRange, folder_ + "/" + record.source, record.box_lines[k], record.name,
                       "expected one of the " + std::to_string(class_names_.size()) + " class names, got " +
                           quoted(classes_.names()[number])});
      }
      record.keep_boxes(keep);
    }
  }

  std::string folder_;
  const VocOptions& options_;
  std::string path_;
  std::string image_;
  std::vector<std::uint8_t> bytes_;
  ProblemList& problems_;
  std::vector<AnnotationRecord> records_;
  TextIndex classes_;  ///< those that were found
  std::vector<std::string> class_names_;
  std::unordered_map<std::string, std::string> image_sets_;
  std::size_t outlined_ = 0;
};

}  // namespace

AnnotationTable read_voc(const std::string& folder, const VocOptions& options) {
  return with_problems(nullptr, [&](ProblemList& list) { return VocFolder(folder, options, list).read(); });
}

AnnotationTable read_voc(const std::string& folder, const VocOptions& options,
                         std::vector<AnnotationProblem>& problems) {
  return with_problems(&problems, [&](ProblemList& list) { return VocFolder(folder, options, list).read(); });
}

}  // namespace boxfeed
