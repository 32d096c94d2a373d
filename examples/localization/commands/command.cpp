#include "commands/command.h"

#include <boxfeed/core/available_cpus.h>

#include <algorithm>

namespace localization {
namespace {

/// Of a process, where several share the machine.
std::size_t cpus_of(const DeviceOptions& options) {
  return std::max<std::size_t>(boxfeed::available_cpus() / options.processes, 1);
}

}  // namespace

std::size_t DeviceOptions::workers_or_default() const {
  const std::size_t cpus = cpus_of(*this);
  return workers.value_or(parsed().is_gpu() ? cpus : std::max<std::size_t>(cpus / 4, 1));
}

int DeviceOptions::threads_or_default() const {
  return threads.value_or(parsed().is_gpu() ? 1 : static_cast<int>(cpus_of(*this)));
}

void add_run_option(CLI::App& command, std::optional<std::string>& run) {
  command.add_option("--run", run, "Folder for the results, new or empty (default: numbered, below runs/)")
      ->configurable(false);
}

void add_device_options(CLI::App& command, DeviceOptions& options) {
  command.add_option("--device", options.device, "auto (a GPU, if there is one), cpu, cuda or cuda:N")
      ->capture_default_str();
  command
      .add_option("--precision", options.precision,
                  "float32, mixed (bfloat16 where that does), or auto (mixed on a GPU)")
      ->check(CLI::IsMember({"auto", "float32", "mixed"}))
      ->capture_default_str();
  command.add_option("--workers", options.workers, "Threads that load data (default: what fits the machine)")
      ->check(CLI::Range(0, 256));
  command.add_option("--threads", options.threads, "Threads of LibTorch for one operation (default: what fits)")
      ->check(CLI::Range(1, 256));
}

}  // namespace localization
