#include "core/available_memory.h"

#include "support/catch.h"
#include "support/temporary_folder.h"

using boxfeed::available_memory;
using boxfeed::testing::TemporaryFolder;

TEST_CASE("free memory is what the system has, or what the control groups leave of it") {
  const TemporaryFolder root;
  const auto free = [&] { return available_memory(root.path().string()); };
  CHECK(free() == 0);
  root.write("proc/meminfo", "MemTotal: 4000 kB\nMemFree: 100 kB\nMemAvailable:    3000 kB\n");
  CHECK(free() == 3000 * 1024);
  SECTION("version 2, its own group and the one around it") {
    root.write("proc/self/cgroup", "0::/pods/one\n");
    root.write("sys/fs/cgroup/pods/one/memory.max", "max\n");
    root.write("sys/fs/cgroup/pods/one/memory.current", "500000\n");
    CHECK(free() == 3000 * 1024);
    root.write("sys/fs/cgroup/pods/memory.max", "900000\n");
    root.write("sys/fs/cgroup/pods/memory.current", "600000\n");
    CHECK(free() == 300000);
    root.write("sys/fs/cgroup/pods/memory.stat", "anon 1\ninactive_file 200000\n");
    CHECK(free() == 500000);
    root.write("sys/fs/cgroup/pods/memory.current", "1000000\n");
    root.write("sys/fs/cgroup/pods/memory.stat", "anon 1\n");
    CHECK(free() == 0);
  }
  SECTION("version 1") {
    root.write("proc/self/cgroup", "4:cpu,cpuacct:/a\n5:memory:/a\n");
    root.write("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "800000\n");
    root.write("sys/fs/cgroup/memory/a/memory.usage_in_bytes", "600000\n");
    root.write("sys/fs/cgroup/memory/a/memory.stat", "total_inactive_file 100000\n");
    CHECK(free() == 300000);
  }
}

TEST_CASE("some of this machine's memory is free") { CHECK(available_memory() > 0); }
