#include <archive.h>
#include <archive_entry.h>
#include <boxfeed/core/error.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <exception>
#include <map>
#include <memory>
#include <utility>

#include "core/archive.h"

namespace boxfeed {
namespace {

/// One pass over a tar's headers by libarchive, which knows the dialects (ustar, pax, GNU, Solaris).
class TarList {
 public:
  explicit TarList(InputFile& file) : file_(file), tar_(archive_read_new(), &archive_read_free) {
    if (tar_ == nullptr) throw std::bad_alloc();
    archive_read_support_format_tar(tar_.get());
    archive_read_support_format_gnutar(tar_.get());
    archive_read_set_callback_data(tar_.get(), this);
    archive_read_set_read_callback(tar_.get(), [](archive*, void* self, const void** bytes) {
      return static_cast<TarList*>(self)->read_block(bytes);
    });
    archive_read_set_skip_callback(
        tar_.get(), [](archive*, void* self, la_int64_t count) { return static_cast<TarList*>(self)->skip(count); });
    check(archive_read_open1(tar_.get()));
  }

  std::vector<Archive::Entry> read() {
    std::vector<Archive::Entry> entries;
    archive_entry* header = nullptr;
    for (;;) {
      const int result = archive_read_next_header(tar_.get(), &header);
      if (result == ARCHIVE_EOF) break;
      check(result);
      const char* const path = archive_entry_pathname(header);
      auto name = path != nullptr ? normal_name(path) : std::nullopt;
      if (!name || name->empty()) continue;  // a name that leads out is no file's
      last_ = *name;
      if (const char* const target = archive_entry_hardlink(header)) {
        links_.push_back({std::move(*name), target});
      } else if (archive_entry_filetype(header) == AE_IFLNK && archive_entry_symlink(header) != nullptr) {
        const std::string folder = name->substr(0, name->rfind('/') == std::string::npos ? 0 : name->rfind('/') + 1);
        links_.push_back({std::move(*name), folder + archive_entry_symlink(header)});
      } else if (archive_entry_filetype(header) == AE_IFREG) {
        add(header, std::move(*name), entries);
      }
    }
    follow_links(entries);
    return entries;
  }

 private:
  struct Link {
    std::string name, target;
  };

  void add(archive_entry* header, std::string name, std::vector<Archive::Entry>& entries) const {
    Archive::Entry entry;
    entry.name = std::move(name);
    entry.offset = static_cast<std::uint64_t>(archive_filter_bytes(tar_.get(), -1));
    entry.size = static_cast<std::uint64_t>(archive_entry_size(header));
    if (archive_entry_sparse_count(header) > 0)
      entry.packing = Archive::Packing::kOther;  // its bytes are not in one piece
    if (entry.packing == Archive::Packing::kNone &&
        (entry.offset > file_.size() || entry.size > file_.size() - entry.offset)) {
      refuse_archive(file_, Reason::kTruncated,
                     "expected " + std::to_string(entry.size) + " bytes of " + quoted(entry.name) + " at " +
                         std::to_string(entry.offset) + ", but the archive ends at " + std::to_string(file_.size()) +
                         ": is it complete?");
    }
    entries.push_back(std::move(entry));
  }

  /// Gives each link the place of the file that it leads to; those that lead to none are left out.
  void follow_links(std::vector<Archive::Entry>& entries) const {
    if (links_.empty()) return;
    std::map<std::string, std::size_t> files;
    for (std::size_t i = 0; i < entries.size(); ++i) files[entries[i].name] = i;
    std::map<std::string, std::string> targets;
    for (const auto& link : links_) targets[link.name] = link.target;
    for (const auto& link : links_) {
      auto target = link.target.front() == '/' ? std::nullopt : normal_name(link.target);
      for (int steps = 0; target && steps < 40; ++steps) {
        if (const auto file = files.find(*target); file != files.end()) {
          auto entry = entries[file->second];
          entry.name = link.name;
          entries.push_back(std::move(entry));
          break;
        }
        const auto next = targets.find(*target);
        if (next == targets.end()) break;
        target = normal_name(next->second);
      }
    }
  }

  la_ssize_t read_block(const void** bytes) {
    *bytes = block_.data();
    try {
      const std::size_t count = file_.read(block_.data(), block_.size());
      offset_ += count;
      return static_cast<la_ssize_t>(count);
    } catch (...) {
      failure_ = std::current_exception();
      return -1;
    }
  }

  la_int64_t skip(la_int64_t count) {
    const auto most = file_.size() - std::min(file_.size(), offset_);
    const auto skipped = std::min(static_cast<std::uint64_t>(count), most);
    offset_ += skipped;
    file_.seek(offset_);
    return static_cast<la_int64_t>(skipped);
  }

  void check(int result) const {
    if (result >= ARCHIVE_WARN) return;
    if (failure_ != nullptr) std::rethrow_exception(failure_);
    const char* const text = archive_error_string(tar_.get());
    refuse_archive(file_, Reason::kCorrupt,
                   "expected a tar's header after " + (last_.empty() ? "its beginning" : quoted(last_)) + ": " +
                       (text != nullptr ? text : "it cannot be read"));
  }

  InputFile& file_;
  std::unique_ptr<archive, int (*)(archive*)> tar_;
  std::uint64_t offset_ = 0;
  std::array<char, 4096> block_{};
  std::exception_ptr failure_;
  std::vector<Link> links_;
  std::string last_;
};

}  // namespace

std::vector<Archive::Entry> list_tar(InputFile& file) {
  file.seek(0);
  return TarList(file).read();
}

}  // namespace boxfeed
