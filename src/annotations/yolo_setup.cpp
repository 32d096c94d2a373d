#include "annotations/yolo_setup.h"

#include <boxfeed/core/error.h>
#include <boxfeed/core/file.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <system_error>

#include "core/text.h"

namespace boxfeed {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxBytes = std::uint64_t{64} << 20;
constexpr std::uint64_t kMaxYamlBytes = std::uint64_t{1} << 20;

[[noreturn]] void refuse(const std::string& path, const YAML::Mark& mark, const std::string& text) {
  throw AnnotationError(Reason::kSyntax, path, mark.is_null() ? 0 : static_cast<std::size_t>(mark.line) + 1, text);
}

std::string name_of(const std::string& path, const YAML::Node& node) {
  if (!node.IsScalar() || node.Scalar().empty()) refuse(path, node.Mark(), "expected the name of a class as a text");
  return node.Scalar();
}

/// A list, or names under the ids 0, 1, 2, … in any order.
std::vector<std::string> names_of(const std::string& path, const YAML::Node& node) {
  std::vector<std::string> names(node.size());
  std::size_t k = 0;
  if (node.IsSequence()) {
    for (const auto& name : node) names[k++] = name_of(path, name);
    return names;
  }
  for (const auto& entry : node) {
    const std::string id = entry.first.IsScalar() ? entry.first.Scalar() : "";
    for (k = 0; k < names.size() && std::to_string(k) != id;) ++k;
    if (k == names.size() || !names[k].empty()) {
      refuse(path, entry.first.Mark(),
             "expected the ids 0 to " + std::to_string(names.size() - 1) + ", each once, got " + boxfeed::quoted(id));
    }
    names[k] = name_of(path, entry.second);
  }
  return names;
}

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

/// Where `name`, written in a file of the folder `own`, leads: relative to `base` or to `own`, also where a "../" in
/// front means nothing, as some tools write it. None where there is nothing.
std::optional<fs::path> found(const fs::path& own, const fs::path& base, const std::string& name) {
  const bool up = name.compare(0, 3, "../") == 0;
  for (const auto& candidate : {base / name, own / name, base / (up ? name.substr(3) : name)}) {
    if (!is_there(candidate)) continue;
    const auto path = fs::absolute(candidate).lexically_normal();
    return path.filename().empty() ? path.parent_path() : path;  // a slash at the end
  }
  return std::nullopt;
}

class SetupReader {
 public:
  explicit SetupReader(bool with_names) : with_names_(with_names) {}

  /// Adds what the folder has, where no folder before had it.
  void read(const fs::path& folder) {
    if (!is_folder(folder)) return;
    found_ = {};
    const auto names = list_files(folder.string(), {}, false);
    const auto with = [&](std::initializer_list<const char*> extensions) {
      std::vector<std::string> out;
      for (const auto& name : names) {
        const auto extension = to_lower(fs::path(name).extension().string());
        if (std::find(extensions.begin(), extensions.end(), extension) != extensions.end()) out.push_back(name);
      }
      return out;
    };
    if (std::find(names.begin(), names.end(), "classes.txt") != names.end()) {
      take_names(folder / "classes.txt", read_lines(folder / "classes.txt"));
    }
    for (const auto& name : with({".names"})) {
      take_names(folder / name, split_lines(text_if_any(folder / name, kMaxBytes, "obj.names").value_or("")));
    }
    for (const auto& name : with({".yaml", ".yml"})) read_yaml(folder, folder / name);
    for (const auto& name : with({".data"})) read_data(folder, folder / name);
    if (setup.class_names.empty()) setup.class_names = std::move(found_.class_names);
    if (!setup.keypoints) setup.keypoints = found_.keypoints;
    if (setup.parts.empty()) setup.parts = std::move(found_.parts);
    if (!setup.parts.empty()) setup.remarks.insert(setup.remarks.end(), found_.remarks.begin(), found_.remarks.end());
  }

  YoloSetup setup;

 private:
  static std::vector<std::string> read_lines(const fs::path& path) {
    return split_lines(read_text(path.string(), kMaxBytes));
  }

  static std::vector<std::string> split_lines(const std::string& text) {
    std::vector<std::string> lines;
    for (const auto line : lines_of(text)) lines.emplace_back(line);
    while (!lines.empty() && lines.back().empty()) lines.pop_back();
    return lines;
  }

  /// The text of a file that may be some other program's, which is none then, unless it has the name `expected`.
  static std::optional<std::string> text_if_any(const fs::path& path, std::uint64_t max_bytes, const char* expected) {
    try {
      return read_text(path.string(), max_bytes);
    } catch (const Error&) {
      if (path.filename() == expected) throw;
      return std::nullopt;
    }
  }

  void take_names(const fs::path& path, std::vector<std::string> names) {
    if (!with_names_ || names.empty()) return;
    if (!found_.class_names.empty() && found_.class_names != names) {
      throw AnnotationError(
          Reason::kAmbiguous, path.string(), 0,
          "expected the same classes as in " + boxfeed::quoted(names_path_) + ", got others: `class_names({…})`");
    }
    found_.class_names = std::move(names);
    names_path_ = path.string();
  }

  void read_yaml(const fs::path& folder, const fs::path& path) {
    const bool is_data = path.filename() == "data.yaml";
    const auto text = text_if_any(path, kMaxYamlBytes, "data.yaml");
    if (!text) return;
    try {
      const auto root = YAML::Load(*text);
      const auto names = root.IsMap() ? root["names"] : YAML::Node(YAML::NodeType::Undefined);
      const bool has_names = names.IsDefined() && (names.IsSequence() || names.IsMap()) && names.size() > 0;
      if (!has_names) {
        if (!is_data) return;  // some other yaml
        refuse(path.string(), names.IsDefined() ? names.Mark() : YAML::Mark::null_mark(),
               "expected \"names\" with the classes, a list or a map from ids to names");
      }
      take_names(path, names_of(path.string(), names));
      const auto shape = root["kpt_shape"];
      if (shape.IsDefined() && shape.IsSequence() && shape.size() == 2) {
        found_.keypoints = {{shape[0].as<std::size_t>(), shape[1].as<std::size_t>()}};
      }
      fs::path base = folder;
      if (root["path"].IsDefined() && root["path"].IsScalar()) {
        if (const auto given = found(folder, folder, root["path"].Scalar()); given && is_folder(*given)) base = *given;
      }
      for (const char* split : {"train", "val", "valid", "test"}) {
        const auto node = root[split];
        const std::string word = std::string(split) == "valid" ? "val" : split;
        if (!node.IsDefined()) continue;
        if (node.IsScalar()) take_part(path, folder, base, word, node.Scalar());
        if (!node.IsSequence()) continue;
        for (const auto& entry : node) {
          if (entry.IsScalar()) take_part(path, folder, base, word, entry.Scalar());
        }
      }
    } catch (const YAML::Exception& error) {
      if (is_data) refuse(path.string(), error.mark, "expected YAML, got: " + error.msg);
    }
  }

  /// Darknet's `obj.data`: lines such as `names = data/obj.names`.
  void read_data(const fs::path& folder, const fs::path& path) {
    for (const auto& line : split_lines(text_if_any(path, kMaxBytes, "obj.data").value_or(""))) {
      const auto at = line.find('=');
      if (at == std::string::npos) continue;
      const std::string key(trimmed(std::string_view(line).substr(0, at)));
      const std::string value(trimmed(std::string_view(line).substr(at + 1)));
      // These files are written for a program that runs elsewhere: the names count without their folders, too.
      const std::string near = is_there(folder / value) ? value : fs::path(value).filename().string();
      if (key == "names" && is_there(folder / near)) take_names(folder / near, read_lines(folder / near));
      if (key == "train" && is_there(folder / near)) take_part(path, folder, folder, "train", near);
      if (key == "valid" && is_there(folder / near)) take_part(path, folder, folder, "val", near);
    }
  }

  void take_part(const fs::path& file, const fs::path& folder, const fs::path& base, const std::string& split,
                 const std::string& value) {
    if (value.empty()) return;
    const auto path = found(folder, base, value);
    if (!path) {
      found_.remarks.push_back(file.filename().string() + ": " + split + ": " + boxfeed::quoted(value) +
                               " is not there");
    } else if (is_folder(*path)) {
      found_.parts.push_back({split, path->string(), {}});
    } else {
      YoloPart part{split, {}, read_lines(*path)};
      for (auto& image : part.images) {
        if (image.compare(0, 2, "./") == 0) image = (path->parent_path() / image.substr(2)).string();
      }
      found_.parts.push_back(std::move(part));
    }
  }

  bool with_names_;
  YoloSetup found_;  ///< in the folder that is being read
  std::string names_path_;
};

}  // namespace

YoloSetup find_yolo_setup(const std::string& labels, bool with_names) {
  fs::path folder = fs::absolute(labels).lexically_normal();
  if (folder.filename().empty()) folder = folder.parent_path();  // a slash at the end
  SetupReader reader(with_names);
  for (int above = 0; above <= 2; ++above, folder = folder.parent_path()) reader.read(folder);
  return std::move(reader.setup);
}

bool is_no_label_file(const std::string& name) {
  const std::string stem = to_lower(fs::path(name).stem().string());
  const std::array<const char*, 12> kNames{"classes", "train", "val",  "valid",        "test", "trainval",
                                           "labels",  "notes", "data", "requirements", "obj",  "names"};
  return stem.compare(0, 6, "readme") == 0 || stem.compare(0, 7, "license") == 0 ||
         std::find(kNames.begin(), kNames.end(), stem) != kNames.end();
}

}  // namespace boxfeed
