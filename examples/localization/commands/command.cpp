#include "commands/command.h"

#include <boxfeed/core/error.h>
#include <torch/torch.h>

#include <stdexcept>

namespace localization {

void add_run_option(CLI::App& command, std::optional<std::string>& run) {
  command.add_option("--run", run, "Folder for the results, new or empty (default: numbered, below runs/)");
}

void add_device_option(CLI::App& command, std::string& device) {
  command.add_option("--device", device, "cpu, cuda or cuda:N")->capture_default_str();
}

torch::Device parse_device(const std::string& name) {
  try {
    const torch::Device device(name);
    if (device.is_cuda() && !torch::cuda::is_available())
      throw std::invalid_argument("--device: there is no CUDA device here");
    return device;
  } catch (const c10::Error&) {
    throw std::invalid_argument("--device: expected cpu, cuda or cuda:N, got " + boxfeed::quoted(name));
  }
}

}  // namespace localization
