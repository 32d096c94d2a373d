#include <boxfeed/core/error.h>
#include <boxfeed/core/file.h>
#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>

#include "core/archive.h"
#include "core/text.h"

namespace boxfeed {
namespace {

using Stream = std::unique_ptr<DIR, int (*)(DIR*)>;

/// Lists one folder after another.
class Listing {
 public:
  Listing(const std::vector<std::string>& extensions, bool recursive)
      : extensions_(extensions), recursive_(recursive) {}

  void list(const std::string& folder, const std::string& front) {
    const Stream stream(::opendir(folder.c_str()), &::closedir);
    if (stream == nullptr) refuse(folder, errno);
    struct stat own {};
    if (::fstat(::dirfd(stream.get()), &own) != 0) refuse(folder, errno);
    const std::pair<dev_t, ino_t> id(own.st_dev, own.st_ino);
    if (std::find(above_.begin(), above_.end(), id) != above_.end()) return;  // a link that leads back
    above_.push_back(id);
    std::vector<std::string> folders;
    for (errno = 0; const dirent* entry = ::readdir(stream.get()); errno = 0) {
      const std::string_view name = entry->d_name;
      if (name.front() == '.') continue;
      if (is_folder(folder, *entry)) {
        if (recursive_) folders.emplace_back(name);
      } else if (has_extension(name)) {
        names_.push_back(front + std::string(name));
      }
    }
    if (errno != 0) refuse(folder, errno);
    for (const auto& name : folders) list(folder + "/" + name, front + name + "/");
    above_.pop_back();
  }

  /// Adds the files of an archive, whose names have no folder in front.
  void list_archive(const std::string& path) {
    for (auto& name : Archive(path).names()) {
      const bool is_below = name.find('/') != std::string::npos;
      const bool is_hidden = name.front() == '.' || name.find("/.") != std::string::npos;
      if (!is_hidden && (recursive_ || !is_below) && has_extension(name)) names_.push_back(std::move(name));
    }
  }

  std::vector<std::string> take() {
    std::sort(names_.begin(), names_.end());
    return std::move(names_);
  }

 private:
  static bool is_folder(const std::string& folder, const dirent& entry) {
    if (entry.d_type != DT_LNK && entry.d_type != DT_UNKNOWN) return entry.d_type == DT_DIR;
    struct stat status {};
    return ::stat((folder + "/" + entry.d_name).c_str(), &status) == 0 && S_ISDIR(status.st_mode);
  }

  bool has_extension(std::string_view name) const {
    if (extensions_.empty()) return true;
    const auto dot = name.rfind('.');
    return dot != std::string_view::npos &&
           std::find(extensions_.begin(), extensions_.end(), to_lower(name.substr(dot))) != extensions_.end();
  }

  [[noreturn]] static void refuse(const std::string& folder, int error) {
    throw Error(error == ENOENT || error == ENOTDIR || error == ELOOP ? Reason::kNotFound : Reason::kIoOpen,
                "cannot list the folder " + quoted(folder) + ": " + std::generic_category().message(error), folder);
  }

  const std::vector<std::string>& extensions_;
  bool recursive_;
  std::vector<std::pair<dev_t, ino_t>> above_;  ///< the folders that this one is in
  std::vector<std::string> names_;
};

}  // namespace

std::vector<std::string> list_files(const std::string& folder, const std::vector<std::string>& extensions,
                                    bool recursive) {
  Listing listing(extensions, recursive);
  struct stat status {};
  const bool is_archive = ::stat(folder.c_str(), &status) == 0 && S_ISREG(status.st_mode);
  is_archive ? listing.list_archive(folder) : listing.list(folder, "");
  return listing.take();
}

const std::vector<std::string>& image_extensions() {
  static const std::vector<std::string> kExtensions{".jpg", ".jpeg", ".jpe", ".jfif", ".png",
                                                    ".bmp", ".webp", ".tif", ".tiff"};
  return kExtensions;
}

}  // namespace boxfeed
