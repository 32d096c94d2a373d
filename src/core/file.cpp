#include <boxfeed/core/error.h>
#include <boxfeed/core/file.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <system_error>
#include <utility>

#include "core/archive.h"
#include "core/system_calls.h"

namespace boxfeed {
namespace {

constexpr int kReadFlags = O_RDONLY | kOpenFlags;

std::string text_of(int error) { return std::generic_category().message(error); }

/// A failure that may pass.
class TransientError : public Error {
 public:
  using Error::Error;
};

bool may_pass(int error) { return error == EIO || error == ESTALE || error == ETIMEDOUT || error == EREMOTEIO; }

[[noreturn]] void throw_open_error(int error, const std::string& path) {
  const bool absent = error == ENOENT || error == ENOTDIR || error == ELOOP || error == ENAMETOOLONG;
  const bool device = error == ENXIO || error == ENODEV;  // a socket, or a device without a driver
  std::string message = "cannot open " + quoted(path) + ": " + text_of(error);
  if (error == EMFILE || error == ENFILE) message += " (raise the limit with `ulimit -n`)";
  if (may_pass(error)) throw TransientError(Reason::kIoOpen, message, path);
  throw Error(absent ? Reason::kNotFound : device ? Reason::kNotRegularFile : Reason::kIoOpen, message, path);
}

/// The bytes of a file of `size` bytes that are behind `offset`.
std::uint64_t left_of(std::uint64_t size, std::uint64_t offset) { return size - std::min(offset, size); }

const char* kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "a directory";
  if (S_ISFIFO(mode)) return "a FIFO";
  if (S_ISCHR(mode) || S_ISBLK(mode)) return "a device";
  if (S_ISSOCK(mode)) return "a socket";
  return "something else";
}

FileStamp stamp_of(const struct stat& status) {
  return {static_cast<std::uint64_t>(status.st_size),
          std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec};
}

std::string real_path(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), &std::free);
  if (real == nullptr) throw_open_error(errno, path);
  return real.get();
}

[[noreturn]] void throw_escape(const std::string& folder, std::string_view name,
                               const char* advice = ": `allow_outside_root(true)` follows it") {
  throw Error(Reason::kPathEscape,
              "expected a file inside of " + quoted(folder) + ", got " + quoted(std::string(name)) +
                  ", which leads out of it" + advice,
              std::string(name));
}

std::shared_ptr<const int> closed_at_last(int descriptor) {
  return {new int(descriptor), [](const int* own) {
            system_calls().close(*own);
            delete own;
          }};
}

/// A temporary file beside `path` that is gone at the end of the scope unless it was renamed.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& path) : path_(path), name_(path + ".tmp-" + std::to_string(::getpid())) {
    descriptor_ = uninterrupted([&] {
      return system_calls().open(name_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
    });
    if (descriptor_ < 0) fail("create", errno);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (descriptor_ >= 0) system_calls().close(descriptor_);
    if (!renamed_) ::unlink(name_.c_str());
  }

  void write(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto count = uninterrupted([&] { return system_calls().write(descriptor_, bytes.data(), bytes.size()); });
      if (count < 0) fail("write", errno);
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
  }

  void commit() {
    if (uninterrupted([&] { return system_calls().fsync(descriptor_); }) < 0) fail("synchronize", errno);
    if (system_calls().close(std::exchange(descriptor_, -1)) < 0 && errno != EINTR) fail("close", errno);
    if (system_calls().rename(name_.c_str(), path_.c_str()) < 0) fail("rename", errno);
    renamed_ = true;
    sync_folder();
  }

 private:
  void sync_folder() {
    const auto slash = path_.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : slash == 0 ? "/" : path_.substr(0, slash);
    const int descriptor =
        uninterrupted([&] { return system_calls().open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0); });
    if (descriptor < 0) fail("open the folder of", errno);
    const int result = uninterrupted([&] { return system_calls().fsync(descriptor); });
    const int error = errno;
    system_calls().close(descriptor);
    if (result < 0 && error != EINVAL) fail("synchronize the folder of", error);  // EINVAL: not every filesystem can
  }

  [[noreturn]] void fail(const char* what, int error) const {
    throw Error(error == ENOSPC || error == EDQUOT ? Reason::kNoSpace : Reason::kIoWrite,
                "cannot " + std::string(what) + " " + quoted(path_) + ": " + text_of(error), path_);
  }

  std::string path_;
  std::string name_;
  int descriptor_ = -1;
  bool renamed_ = false;
};

}  // namespace

InputFile::InputFile(const std::string& path)
    : InputFile(path, uninterrupted([&] { return system_calls().open(path.c_str(), kReadFlags, 0); })) {}

InputFile::InputFile(std::string path, int descriptor) : path_(std::move(path)) {
  if (descriptor < 0) throw_open_error(errno, path_);
  descriptor_ = closed_at_last(descriptor);
  struct stat status {};
  if (uninterrupted([&] { return system_calls().fstat(descriptor, &status); }) < 0) throw_open_error(errno, path_);
  if (!S_ISREG(status.st_mode)) {
    throw Error(Reason::kNotRegularFile,
                "expected a regular file, got " + std::string(kind_of(status.st_mode)) + ": " + quoted(path_), path_);
  }
  stamp_ = stamp_of(status);
}

InputFile::InputFile(const InputFile& whole, std::string path, std::uint64_t begin, std::uint64_t size)
    : path_(std::move(path)),
      descriptor_(whole.descriptor_),
      stamp_{size, whole.stamp_.modified_ns},
      begin_(begin),
      is_part_(true) {}

std::size_t InputFile::read(void* buffer, std::size_t count) {
  if (unpack_) return unpack_(buffer, count);
  if (is_part_) count = static_cast<std::size_t>(std::min<std::uint64_t>(count, left_of(stamp_.size, offset_)));
  std::size_t done = 0;
  while (done < count) {
    const auto n = uninterrupted([&] {
      return system_calls().pread(*descriptor_, static_cast<char*>(buffer) + done, count - done,
                                  static_cast<off_t>(begin_ + offset_));
    });
    if (n < 0) {
      const int error = errno;
      const std::string message =
          "cannot read " + quoted(path_) + " at byte " + std::to_string(offset_) + ": " + text_of(error);
      if (may_pass(error)) throw TransientError(Reason::kIoRead, message, path_);
      throw Error(Reason::kIoRead, message, path_);
    }
    if (n == 0 && is_part_) {
      throw Error(Reason::kTruncated,
                  "expected " + std::to_string(stamp_.size) + " bytes of " + quoted(path_) +
                      ", but the archive ends after " + std::to_string(offset_),
                  path_);
    }
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
    offset_ += static_cast<std::uint64_t>(n);
  }
  return done;
}

void InputFile::read_all(std::vector<std::uint8_t>& bytes, std::uint64_t max_bytes) {
  const auto check = [&](std::uint64_t size) {
    if (size > max_bytes) {
      throw Error(Reason::kFileTooLarge,
                  "expected at most " + std::to_string(max_bytes) + " bytes, got " + std::to_string(size) + " in " +
                      quoted(path_),
                  path_);
    }
  };
  check(stamp_.size);
  bytes.resize(static_cast<std::size_t>(left_of(stamp_.size, offset_)) + 1);  // one more, to see whether it grew
  std::size_t done = 0;
  for (;;) {
    const std::size_t n = read(bytes.data() + done, bytes.size() - done);
    done += n;
    if (done < bytes.size()) break;
    check(done);
    bytes.resize(2 * bytes.size());
  }
  bytes.resize(done);
  if (bytes.empty()) throw Error(Reason::kEmptyFile, "expected data, got an empty file: " + quoted(path_), path_);
}

Folder::Folder(std::string path, bool allow_outside) : path_(std::move(path)), allow_outside_(allow_outside) {
  if (path_.empty()) path_ = ".";
  struct stat status {};
  if (::stat(path_.c_str(), &status) != 0) throw_open_error(errno, path_);
  if (S_ISREG(status.st_mode)) archive_ = std::make_shared<const Archive>(path_);
}

std::string Folder::path_of(std::string_view name) const {
  if (!name.empty() && name.front() == '/') return std::string(name);
  return path_ + (path_.back() == '/' ? "" : "/") + std::string(name);
}

InputFile Folder::open(std::string_view name) const {
  const std::string path = path_of(name);
  if (name.find('\0') != std::string_view::npos) throw_open_error(ENOENT, path);  // the system would cut it there
  const bool is_absolute = !name.empty() && name.front() == '/';
  if (archive_ == nullptr && allow_outside_) return InputFile(path);
  const auto normal = normal_name(name);
  if (archive_ != nullptr) {
    if (is_absolute || !normal) throw_escape(path_, name, "");
    return archive_->open(*normal, path);
  }
  if (!is_absolute) {
    if (!normal) throw_escape(path_, name);
    const int descriptor = uninterrupted(
        [&] { return system_calls().open_beneath(path_.c_str(), std::string(name).c_str(), kReadFlags); });
    if (descriptor >= 0 || (errno != ENOSYS && errno != EPERM && errno != EXDEV && errno != EAGAIN)) {
      return InputFile(path, descriptor);
    }
  }
  // An absolute name, no openat2 here, or a link that it refuses without saying whether it leads out.
  const std::string root = real_path(path_), real = real_path(path);
  if (root != "/" && real.compare(0, root.size() + 1, root + "/") != 0) throw_escape(path_, name);
  return InputFile(real);
}

std::optional<FileStamp> Folder::stamp(std::string_view name) const {
  if (name.find('\0') != std::string_view::npos) return std::nullopt;
  if (archive_ != nullptr) {
    const auto normal = normal_name(name);
    return normal ? archive_->stamp(*normal) : std::nullopt;
  }
  struct stat status {};
  if (uninterrupted([&] { return system_calls().stat(path_of(name).c_str(), &status); }) != 0) return std::nullopt;
  return stamp_of(status);
}

void Folder::read(std::string_view name, std::vector<std::uint8_t>& bytes, std::uint64_t max_bytes,
                  const Retry& retry) const {
  auto wait = retry.first_wait;
  for (int tries = 0;; ++tries) {
    try {
      open(name).read_all(bytes, max_bytes);
      return;
    } catch (const TransientError& error) {
      if (retry.times <= 0) throw;
      if (tries >= retry.times) {
        throw Error(error.reason(), error.what() + (" (tried " + std::to_string(tries + 1) + " times)"), error.path());
      }
    }
    system_calls().sleep(wait);
    wait *= 4;
  }
}

void write_file(const std::string& path, std::string_view bytes) {
  TemporaryFile file(path);
  file.write(bytes);
  file.commit();
}

}  // namespace boxfeed
