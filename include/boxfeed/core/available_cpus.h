#pragma once

#include <cstddef>
#include <string>

namespace boxfeed {

/// The CPUs that this process may use: those that its affinity names, or fewer where a control group (version 1 or 2)
/// limits its time. At least 1.
std::size_t available_cpus();

/// The limit that the control groups described under the folder `root` ("/" on a real machine) set, rounded up; 0 where
/// there is none.
std::size_t control_group_cpus(const std::string& root);

}  // namespace boxfeed
