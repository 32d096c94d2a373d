#include "core/shared_file.h"

#include <boxfeed/core/error.h>
#include <sys/file.h>
#include <sys/statvfs.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "core/system_calls.h"

namespace boxfeed {

SharedFile::SharedFile(std::string path) : path_(std::move(path)) {
  const auto open = [&](int flags) {
    return uninterrupted([&] { return system_calls().open(path_.c_str(), flags | kOpenFlags, 0666); });
  };
  descriptor_ = open(O_RDWR | O_CREAT);
  const int error = errno;
  if (descriptor_ < 0 && (error == EACCES || error == EROFS || error == EPERM)) {
    is_writable_ = false;
    descriptor_ = open(O_RDONLY);
  }
  if (descriptor_ < 0) {
    throw Error(error == ENOENT || error == ENOTDIR ? Reason::kNotFound : Reason::kIoOpen,
                "cannot open " + quoted(path_) + ": " + std::generic_category().message(error), path_);
  }
  struct stat status {};
  const int result = uninterrupted([&] { return system_calls().fstat(descriptor_, &status); });
  const std::string why = result < 0 ? ": " + std::generic_category().message(errno) : ", got another kind of file";
  if (result == 0 && S_ISREG(status.st_mode)) return;
  system_calls().close(descriptor_);
  throw Error(result < 0 ? Reason::kIoOpen : Reason::kNotRegularFile,
              "expected a regular file at " + quoted(path_) + why, path_);
}

SharedFile::~SharedFile() { system_calls().close(descriptor_); }

std::optional<std::uint64_t> SharedFile::size() const {
  struct stat status {};
  if (uninterrupted([&] { return system_calls().fstat(descriptor_, &status); }) != 0) return std::nullopt;
  return static_cast<std::uint64_t>(status.st_size);
}

bool SharedFile::read_at(std::uint64_t offset, void* buffer, std::size_t count) const {
  auto* to = static_cast<char*>(buffer);
  while (count > 0) {
    const auto n =
        uninterrupted([&] { return system_calls().pread(descriptor_, to, count, static_cast<off_t>(offset)); });
    if (n <= 0) return false;
    to += n;
    offset += static_cast<std::uint64_t>(n);
    count -= static_cast<std::size_t>(n);
  }
  return true;
}

bool SharedFile::write_at(std::uint64_t offset, const void* bytes, std::size_t count) {
  const auto* from = static_cast<const char*>(bytes);
  while (count > 0) {
    const auto n =
        uninterrupted([&] { return system_calls().pwrite(descriptor_, from, count, static_cast<off_t>(offset)); });
    if (n <= 0) {
      error_ = n < 0 ? errno : ENOSPC;
      return false;
    }
    from += n;
    offset += static_cast<std::uint64_t>(n);
    count -= static_cast<std::size_t>(n);
  }
  return true;
}

bool SharedFile::cut(std::uint64_t size) {
  if (uninterrupted([&] { return system_calls().ftruncate(descriptor_, static_cast<off_t>(size)); }) == 0) return true;
  error_ = errno;
  return false;
}

std::optional<std::uint64_t> SharedFile::free_bytes() const {
  struct statvfs status {};
  if (::fstatvfs(descriptor_, &status) != 0) return std::nullopt;
  return std::uint64_t{status.f_bavail} * status.f_frsize;
}

SharedFile::Lock SharedFile::try_lock() {
  if (uninterrupted([&] { return system_calls().flock(descriptor_, LOCK_EX | LOCK_NB); }) == 0) return Lock::kTaken;
  error_ = errno;
  return error_ == EWOULDBLOCK ? Lock::kBusy : Lock::kFailed;
}

void SharedFile::unlock() { system_calls().flock(descriptor_, LOCK_UN); }

}  // namespace boxfeed
