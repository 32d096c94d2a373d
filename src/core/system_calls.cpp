#include "core/system_calls.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <thread>

namespace boxfeed {
namespace {

int open_beneath(const char* path, const char* name, int flags) {
  const int folder = ::open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return -1;
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags);
  how.resolve = RESOLVE_BENEATH;
  const auto descriptor = static_cast<int>(::syscall(SYS_openat2, folder, name, &how, sizeof how));
  const int error = errno;
  ::close(folder);
  errno = error;
  return descriptor;
}

constexpr SystemCalls kReal{
    [](const char* path, int flags, mode_t mode) { return ::open(path, flags, mode); },
    open_beneath,
    ::stat,
    ::fstat,
    ::pread,
    ::write,
    ::pwrite,
    ::ftruncate,
    ::flock,
    ::fsync,
    ::rename,
    ::close,
    [](std::chrono::milliseconds time) { std::this_thread::sleep_for(time); },
};

const SystemCalls* current = &kReal;

}  // namespace

const SystemCalls& system_calls() noexcept { return *current; }

void set_system_calls(const SystemCalls* calls) noexcept { current = calls != nullptr ? calls : &kReal; }

}  // namespace boxfeed
