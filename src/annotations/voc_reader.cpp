#include <boxfeed/annotations/annotation_table_builder.h>
#include <boxfeed/annotations/voc.h>
#include <boxfeed/core/error.h>
#include <boxfeed/core/file.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <pugixml.hpp>
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

constexpr std::uint64_t kMaxBytes = std::uint64_t{64} << 20;
constexpr float kMaxSide = 16777216;

std::string_view trimmed_text(const char* text) {
  std::string_view out(text);
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
  while (!out.empty() && is_blank(out.front())) out.remove_prefix(1);
  while (!out.empty() && is_blank(out.back())) out.remove_suffix(1);
  return out;
}

/// Reads one file after another into records.
class VocFolder {
 public:
  VocFolder(std::string folder, const VocOptions& options) : folder_(std::move(folder)), options_(options) {}

  AnnotationTable read() {
    for (const auto& name : list_files(folder_, {".xml"}, false)) read_file(name);
    resolve_classes();
    problems_.throw_if_any();
    if (records_.empty() && !options_.allow_empty()) {
      throw CsvError(Reason::kEmptyFile, folder_, 0, "expected XML files in this folder, got none");
    }
    AnnotationTableInfo info;
    info.path = folder_;
    info.path_is_folder = true;
    info.class_names = class_names_;
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
    problems_.add(path_, line_at(offset), reason, text);
  }

  void read_file(const std::string& name) {
    path_ = folder_ + "/" + name;
    InputFile(path_).read_all(bytes_, kMaxBytes);
    pugi::xml_document document;
    const auto result = document.load_buffer(bytes_.data(), bytes_.size());
    if (!result)
      return refuse(result.offset, Reason::kSyntax, std::string("expected XML, got: ") + result.description());
    const auto root = document.child("annotation");
    if (!root) return refuse(0, Reason::kSyntax, "expected <annotation> as in VOC's files, got none");

    AnnotationRecord record;
    record.source = name;
    record.line = line_at(root.offset_debug());
    record.name = trimmed_text(root.child_value("filename"));
    if (record.name.empty()) {
      return refuse(root.offset_debug(), Reason::kSyntax, "expected the image's name in <filename>, got none");
    }
    if (const auto size = root.child("size")) read_size(size, record);
    for (const auto object : root.children("object")) read_object(object, record);
    records_.push_back(std::move(record));
  }

  void read_size(pugi::xml_node size, AnnotationRecord& record) {
    std::array<std::int64_t, 2> sides{};
    const std::array<const char*, 2> names{"width", "height"};
    for (std::size_t i = 0; i < 2; ++i) {
      float value = 0;
      const auto text = trimmed_text(size.child_value(names[i]));
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
    const auto difficult = trimmed_text(object.child_value("difficult"));
    const bool is_difficult = !difficult.empty() && difficult != "0";
    if (is_difficult && !options_.difficult()) return;
    const auto name = trimmed_text(object.child_value("name"));
    if (name.empty()) return refuse(object.offset_debug(), Reason::kSyntax, "expected a class in <name>, got none");
    const auto bounds = object.child("bndbox");
    if (!bounds) return refuse(object.offset_debug(), Reason::kSyntax, "expected a box in <bndbox>, got none");
    std::array<float, 4> values{};
    const std::array<const char*, 4> sides{"xmin", "ymin", "xmax", "ymax"};
    for (std::size_t i = 0; i < 4; ++i) {
      const auto text = trimmed_text(bounds.child_value(sides[i]));
      if (const auto reason = parse_number(text, values[i])) {
        return refuse(bounds.offset_debug(), *reason,
                      "<" + std::string(sides[i]) + ">: " + number_problem(*reason, text));
      }
    }
    const float shift = options_.one_based() ? 1 : 0;
    record.boxes.push_back({values[0] - shift, values[1] - shift, values[2], values[3]});
    record.flags.push_back(is_difficult ? kDifficult : kNoFlags);
    record.box_lines.push_back(line_at(object.offset_debug()));
    record.class_ids.push_back(class_number(std::string(name), record));
  }

  /// The number of a class in the order in which they come, with the place where it came first.
  std::int32_t class_number(const std::string& name, const AnnotationRecord& record) {
    const auto [entry, is_new] = class_numbers_.try_emplace(name, static_cast<std::int32_t>(found_.size()));
    if (is_new) found_.push_back({name, path_, record.box_lines.back()});
    return entry->second;
  }

  void resolve_classes() {
    class_names_ = options_.class_names();
    if (class_names_.empty()) {
      for (const auto& found : found_) class_names_.push_back(found.name);
      std::sort(class_names_.begin(), class_names_.end());
    }
    std::vector<std::int32_t> ids;
    for (const auto& found : found_) {
      const auto at = std::find(class_names_.begin(), class_names_.end(), found.name);
      if (at == class_names_.end()) {
        problems_.add(
            found.path, found.line, Reason::kClassRange,
            "expected one of the " + std::to_string(class_names_.size()) + " class names, got " + quoted(found.name));
      }
      ids.push_back(static_cast<std::int32_t>(at - class_names_.begin()));
    }
    for (auto& record : records_) {
      for (auto& id : record.class_ids) id = ids[static_cast<std::size_t>(id)];
    }
  }

  struct FoundClass {
    std::string name;
    std::string path;
    std::size_t line;
  };

  std::string folder_;
  const VocOptions& options_;
  std::string path_;
  std::vector<std::uint8_t> bytes_;
  ProblemList problems_;
  std::vector<AnnotationRecord> records_;
  std::unordered_map<std::string, std::int32_t> class_numbers_;
  std::vector<FoundClass> found_;
  std::vector<std::string> class_names_;
};

}  // namespace

AnnotationTable read_voc(const std::string& folder, const VocOptions& options) {
  return VocFolder(folder, options).read();
}

}  // namespace boxfeed
