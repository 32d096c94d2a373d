#include <boxfeed/core/available_cpus.h>
#include <sched.h>

#include <algorithm>

#include "support/catch.h"
#include "support/temporary_folder.h"

using namespace boxfeed;
using boxfeed::testing::TemporaryFolder;

TEST_CASE("the limit of a control group, version 2: its own, or that of one that it lies in") {
  const TemporaryFolder root;
  root.write("proc/self/cgroup", "0::/kubepods/pod7\n");
  root.write("sys/fs/cgroup/kubepods/pod7/cpu.max", "250000 100000\n");
  CHECK(control_group_cpus(root.path().string()) == 3);
  root.write("sys/fs/cgroup/kubepods/cpu.max", "200000 100000\n");
  CHECK(control_group_cpus(root.path().string()) == 2);
  root.write("sys/fs/cgroup/kubepods/cpu.max", "max 100000\n");
  root.write("sys/fs/cgroup/kubepods/pod7/cpu.max", "max 100000\n");
  CHECK(control_group_cpus(root.path().string()) == 0);
  root.write("sys/fs/cgroup/kubepods/pod7/cpu.max", "100000 0\n");  // no period
  CHECK(control_group_cpus(root.path().string()) == 0);
  root.write("proc/self/cgroup", "0::/\n");
  root.write("sys/fs/cgroup/cpu.max", "50000 100000\n");
  CHECK(control_group_cpus(root.path().string()) == 1);
}

TEST_CASE("the limit of a control group, version 1, and no group at all") {
  const TemporaryFolder root;
  CHECK(control_group_cpus(root.path().string()) == 0);
  root.write("proc/self/cgroup", "0::no path\n");
  CHECK(control_group_cpus(root.path().string()) == 0);
  root.write("proc/self/cgroup", "nonsense\n5:memory:/a\n4:cpu,cpuacct:/a\n");
  root.write("sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "400000\n");
  root.write("sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "100000\n");
  CHECK(control_group_cpus(root.path().string()) == 4);
  root.write("sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "-1\n");
  CHECK(control_group_cpus(root.path().string()) == 0);
}

TEST_CASE("the CPUs that may be used follow the affinity") {
  cpu_set_t before;
  REQUIRE(::sched_getaffinity(0, sizeof before, &before) == 0);
  const auto all = static_cast<std::size_t>(CPU_COUNT(&before)), limit = control_group_cpus("/");
  CHECK(available_cpus() == (limit == 0 ? all : std::min(all, limit)));
  cpu_set_t one;
  CPU_ZERO(&one);
  for (int cpu = 0; CPU_COUNT(&one) == 0; ++cpu) {
    if (CPU_ISSET(cpu, &before)) CPU_SET(cpu, &one);
  }
  REQUIRE(::sched_setaffinity(0, sizeof one, &one) == 0);
  CHECK(available_cpus() == 1);
  ::sched_setaffinity(0, sizeof before, &before);
}
