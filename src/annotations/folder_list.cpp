#include "annotations/folder_list.h"

#include <boxfeed/core/error.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "core/text.h"

namespace boxfeed {
namespace {

namespace fs = std::filesystem;

bool has_extension(const fs::path& path, const std::vector<std::string>& extensions) {
  const std::string extension = to_lower(path.extension().string());
  return std::find(extensions.begin(), extensions.end(), extension) != extensions.end();
}

template <typename Iterator>
std::vector<std::string> collect(const std::string& folder, const std::vector<std::string>& extensions) {
  std::vector<std::string> names;
  std::error_code error;
  Iterator it(folder, error);
  for (; !error && it != Iterator(); it.increment(error)) {
    std::error_code ignored;
    if (!it->is_directory(ignored) && has_extension(it->path(), extensions)) {
      names.push_back(it->path().lexically_relative(folder).string());
    }
  }
  if (error) {
    const bool absent = error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory;
    throw Error(absent ? Reason::kNotFound : Reason::kIoOpen,
                "cannot list the folder " + quoted(folder) + ": " + error.message(), folder);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

std::vector<std::string> list_files(const std::string& folder, const std::vector<std::string>& extensions,
                                    bool recursive) {
  return recursive ? collect<fs::recursive_directory_iterator>(folder, extensions)
                   : collect<fs::directory_iterator>(folder, extensions);
}

}  // namespace boxfeed
