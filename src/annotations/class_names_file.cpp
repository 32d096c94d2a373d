#include "annotations/class_names_file.h"

#include <boxfeed/core/error.h>
#include <boxfeed/core/file.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string_view>

namespace boxfeed {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxBytes = std::uint64_t{64} << 20;
constexpr std::uint64_t kMaxYamlBytes = std::uint64_t{1} << 20;
constexpr const char* kTextFile = "classes.txt";
constexpr const char* kYamlFile = "data.yaml";

[[noreturn]] void refuse(const std::string& path, const YAML::Mark& mark, const std::string& text) {
  throw AnnotationError(Reason::kSyntax, path, mark.is_null() ? 0 : static_cast<std::size_t>(mark.line) + 1, text);
}

std::string name_of(const std::string& path, const YAML::Node& node) {
  if (!node.IsScalar() || node.Scalar().empty()) refuse(path, node.Mark(), "expected the name of a class as a text");
  return node.Scalar();
}

/// Names under the ids 0, 1, 2, … in any order.
std::vector<std::string> names_by_id(const std::string& path, const YAML::Node& map) {
  std::vector<std::string> names(map.size());
  for (const auto& entry : map) {
    const std::string id = entry.first.IsScalar() ? entry.first.Scalar() : "";
    std::size_t k = 0;
    while (k < names.size() && std::to_string(k) != id) ++k;
    if (k == names.size() || !names[k].empty()) {
      refuse(path, entry.first.Mark(),
             "expected the ids 0 to " + std::to_string(names.size() - 1) + ", each once, got " + quoted(id));
    }
    names[k] = name_of(path, entry.second);
  }
  return names;
}

std::vector<std::string> read_yaml(const std::string& path) {
  std::vector<std::uint8_t> bytes;
  InputFile(path).read_all(bytes, kMaxYamlBytes);
  try {
    const auto root = YAML::Load(std::string(bytes.begin(), bytes.end()));
    const auto list = root.IsMap() ? root["names"] : YAML::Node(YAML::NodeType::Undefined);
    if (list.IsDefined() && list.IsMap() && list.size() > 0) return names_by_id(path, list);
    if (!list.IsDefined() || !list.IsSequence() || list.size() == 0) {
      refuse(path, list.IsDefined() ? list.Mark() : YAML::Mark::null_mark(),
             "expected \"names\" with the classes, a list or a map from ids to names");
    }
    std::vector<std::string> names;
    for (const auto& name : list) names.push_back(name_of(path, name));
    return names;
  } catch (const YAML::Exception& error) {
    refuse(path, error.mark, "expected YAML, got: " + error.msg);
  }
}

std::vector<std::string> read_lines(const std::string& path) {
  auto names = lines_of(path);
  while (!names.empty() && names.back().empty()) names.pop_back();
  return names;
}

}  // namespace

bool is_class_file(const std::string& name) { return name == kTextFile || name == kYamlFile; }

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

std::vector<std::string> find_class_names(const std::string& labels) {
  fs::path folder = fs::absolute(labels).lexically_normal();
  if (folder.filename().empty()) folder = folder.parent_path();  // a slash at the end
  std::error_code ignored;
  for (int above = 0; above <= 2; ++above, folder = folder.parent_path()) {
    if (fs::exists(folder / kTextFile, ignored)) return read_lines((folder / kTextFile).string());
    if (fs::exists(folder / kYamlFile, ignored)) return read_yaml((folder / kYamlFile).string());
  }
  return {};
}

}  // namespace boxfeed
