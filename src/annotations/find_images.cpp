#include <boxfeed/annotations/annotation_table_builder.h>
#include <boxfeed/core/error.h>
#include <boxfeed/core/file.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <unordered_map>
#include <utility>

#include "annotations/column_words.h"
#include "core/text.h"

namespace boxfeed {
namespace {

namespace fs = std::filesystem;

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

/// A path as it is compared: with slashes, in lower case, letters and marks apart.
std::string loose(std::string_view path) {
  std::string out = to_lower(decomposed(path));
  std::replace(out.begin(), out.end(), '\\', '/');
  return out;
}

std::string_view folders_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string_view file_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string_view stem_of(std::string_view file) { return file.substr(0, std::min(file.rfind('.'), file.size())); }

/// Whether the folders `a` end with the folders `b`.
bool ends_with(std::string_view a, std::string_view b) {
  if (b.empty()) return true;
  if (a.size() < b.size() || a.substr(a.size() - b.size()) != b) return false;
  return a.size() == b.size() || a[a.size() - b.size() - 1] == '/';
}

/// The image files of a folder, found by loose names.
class ImageIndex {
 public:
  explicit ImageIndex(const std::string& folder) : names_(list_files(folder, image_extensions())) {
    loose_names_.reserve(names_.size());
    for (const auto& name : names_) loose_names_.push_back(loose(name));
    for (std::size_t i = 0; i < names_.size(); ++i) by_stem_[stem_of(file_of(loose_names_[i]))].push_back(i);
  }

  bool has(const std::string& name) const { return std::binary_search(names_.begin(), names_.end(), name); }
  const std::vector<std::string>& names() const { return names_; }

  /// The files that fit the name best, in their order.
  std::vector<std::string> find(std::string_view name) const {
    const std::string own = loose(name);
    const auto file = file_of(own);
    std::vector<std::pair<std::size_t, std::size_t>> fitting;  // how well, and which
    for (const auto stem : {stem_of(file), file}) {            // the name may lack an extension and hold a dot
      const auto found = by_stem_.find(stem);
      if (found == by_stem_.end()) continue;
      for (const std::size_t i : found->second) {
        const auto folders = folders_of(loose_names_[i]), own_folders = folders_of(own);
        if (!ends_with(folders, own_folders) && !ends_with(own_folders, folders)) continue;
        const std::size_t same_file = file_of(loose_names_[i]) == file ? 1 : 0;
        fitting.emplace_back(2 * std::min(folders.size(), own_folders.size()) + same_file, i);
      }
      if (stem == file) break;
    }
    std::size_t best = 0;
    for (const auto& [fit, i] : fitting) best = std::max(best, fit);
    std::vector<std::string> out;
    for (const auto& [fit, i] : fitting) {
      if (fit == best) out.push_back(names_[i]);
    }
    return out;
  }

 private:
  std::vector<std::string> names_;
  std::vector<std::string> loose_names_;
  std::unordered_map<std::string_view, std::vector<std::size_t>> by_stem_;
};

/// An absolute name below the folder as a name in it; empty for others.
std::string below(const std::string& root, const std::string& name) {
  std::error_code error;
  const fs::path real = fs::canonical(name, error);
  if (error) return {};
  const std::string path = real.string();
  return path.compare(0, root.size() + 1, root + "/") == 0 ? path.substr(root.size() + 1) : std::string();
}

/// Finds the files of all records.
class ImageSearch {
 public:
  explicit ImageSearch(const std::string& folder) : folder_(folder) {
    std::error_code ignored;
    root_ = fs::canonical(folder, ignored).string();
    if (is_file(folder)) {
      archive_ = true;
      index_.emplace(folder);
    }
    if (root_ == "/") root_.clear();
  }

  /// The name of the record's image in the folder, which is its own where no file fits.
  std::string find(const std::string& name, std::string_view source) {
    if (archive_ && index_->has(name)) return name;
    const bool is_absolute = !name.empty() && name.front() == '/';
    const fs::path path = is_absolute ? fs::path(name) : fs::path(folder_) / name;
    if (!archive_ && is_file(path)) {
      if (!is_absolute) return name;
      const std::string inside = below(root_, name);
      return inside.empty() ? name : inside;
    }
    if (!index_) index_.emplace(folder_);
    auto files = index_->find(name);
    if (files.empty() && !source.empty()) files = index_->find(std::string(stem_of(source)));
    if (files.size() == 1) {
      if (found_++ == 0) example_ = boxfeed::quoted(name) + " is " + boxfeed::quoted(files[0]);
      return files[0];
    }
    if (files.empty() && missing_++ == 0) missing_example_ = boxfeed::quoted(name) + "; " + what_is_there(name);
    if (files.size() > 1 && several_++ == 0) {
      several_example_ =
          boxfeed::quoted(name) + " may be " + boxfeed::quoted(files[0]) + " or " + boxfeed::quoted(files[1]);
    }
    return name;
  }

  std::vector<std::string> remarks() const {
    std::vector<std::string> out;
    if (found_ > 0) out.push_back(counted(found_, "image") + " found under another name: " + example_);
    if (several_ > 0)
      out.push_back(counted(several_, "image") + " not found, but several that fit: " + several_example_);
    if (missing_ > 0) out.push_back(counted(missing_, "image") + " not found: " + missing_example_);
    return out;
  }

 private:
  /// What a user sees at once that the names of the annotations are not those of the folder.
  std::string what_is_there(const std::string& name) const {
    if (index_->names().empty()) return boxfeed::quoted(folder_) + " has no image";
    const std::string nearest = nearest_word(name, index_->names(), 5);
    return "there is " + boxfeed::quoted(nearest.empty() ? index_->names().front() : nearest) +
           (nearest.empty() && index_->names().size() > 1 ? " and " + counted(index_->names().size() - 1, "other")
                                                          : std::string());
  }

  std::string folder_;
  std::string root_;
  bool archive_ = false;
  std::optional<ImageIndex> index_;
  std::size_t found_ = 0;
  std::size_t several_ = 0;
  std::size_t missing_ = 0;
  std::string example_;
  std::string several_example_;
  std::string missing_example_;
};

}  // namespace

AnnotationTable find_images(const AnnotationTable& table, const std::string& images) {
  ImageSearch search(images);
  std::vector<std::string> names(table.size());
  bool all_same = true;
  for (std::size_t i = 0; i < table.size(); ++i) {
    names[i] = search.find(std::string(table.name(i)), table.source(i));
    all_same = all_same && names[i] == table.name(i);
  }
  const auto remarks = search.remarks();
  if (all_same && remarks.empty()) return table;
  auto info = table.info();
  info.remarks.insert(info.remarks.end(), remarks.begin(), remarks.end());
  AnnotationTableBuilder builder(std::move(info));
  for (std::size_t i = 0; i < table.size(); ++i) {
    AnnotationRecord record = table.record(i);
    record.name = std::move(names[i]);
    builder.add(record);
  }
  return builder.build();
}

}  // namespace boxfeed
