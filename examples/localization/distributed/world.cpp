#include "distributed/world.h"

#include <boxfeed/core/error.h>

#include <charconv>
#include <cstdlib>
#include <stdexcept>
#include <system_error>

namespace localization {
namespace {

constexpr int kMostRanks = 65536;
constexpr const char* kDefaultPort = "29500";

/// The names that a launcher has for its variables.
struct Launcher {
  std::string rank, size, local_rank, local_size;
};

class Variables {
 public:
  explicit Variables(const Environment& environment) : environment_(environment) {}

  bool has(const std::string& name) const { return environment_(name).has_value(); }

  std::string text(const std::string& name) const {
    const auto value = environment_(name);
    if (!value || value->empty()) throw std::invalid_argument(name + ": expected a value, found none");
    return *value;
  }

  /// A number between `low` and `high`.
  int number(const std::string& name, int low, int high, const std::string& expected) const {
    return number(name, text(name), low, high, expected);
  }
  int number(const std::string& name, const std::string& value, int low, int high, const std::string& expected) const {
    int number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc() || end != value.data() + value.size() || number < low || number > high) {
      throw std::invalid_argument(name + ": expected " + expected + ", found " + boxfeed::quoted(value));
    }
    return number;
  }
  std::string text_or(const std::string& name, const std::string& otherwise) const {
    return has(name) ? text(name) : otherwise;
  }

 private:
  const Environment& environment_;
};

/// Which launcher started this process; none where it was started by itself.
std::optional<Launcher> launcher_of(const Variables& variables) {
  const Launcher torchrun{"RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE"};
  if (variables.has(torchrun.rank) || variables.has(torchrun.size)) return torchrun;
  const std::string open_mpi = "OMPI_COMM_WORLD_";
  if (variables.has(open_mpi + "RANK") || variables.has(open_mpi + "SIZE")) {
    return Launcher{open_mpi + "RANK", open_mpi + "SIZE", open_mpi + "LOCAL_RANK", open_mpi + "LOCAL_SIZE"};
  }
  // Before Slurm's: under srun, MPI's launcher has the say.
  if (variables.has("PMI_RANK") || variables.has("PMI_SIZE")) {
    return Launcher{"PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID", "MPI_LOCALNRANKS"};
  }
  // A batch script has SLURM_PROCID, too, but is no step.
  const bool script = variables.has("SLURM_JOB_ID") && !variables.has("SLURM_STEP_ID");
  if (variables.has("SLURM_PROCID") && !script) {
    const char* const size = variables.has("SLURM_STEP_NUM_TASKS") ? "SLURM_STEP_NUM_TASKS" : "SLURM_NTASKS";
    return Launcher{"SLURM_PROCID", size, "SLURM_LOCALID", ""};
  }
  return std::nullopt;
}

}  // namespace

std::string World::name() const { return "rank " + std::to_string(rank) + " of " + std::to_string(size); }

World world_from(const Environment& environment) {
  const Variables variables(environment);
  const auto launcher = launcher_of(variables);
  World world;
  if (!launcher) return world;
  world.size = variables.number(launcher->size, 1, kMostRanks, "a number of processes from 1 on");
  const std::string below = "a number below " + std::to_string(world.size) + " (" + launcher->size + ")";
  world.rank = variables.number(launcher->rank, 0, world.size - 1, below);
  if (world.size == 1) return world;

  const bool one_machine = variables.text_or("SLURM_STEP_NUM_NODES", variables.text_or("SLURM_NNODES", "")) == "1";
  world.local_size = one_machine ? world.size : 1;
  if (variables.has(launcher->local_size)) {
    world.local_size =
        variables.number(launcher->local_size, 1, world.size,
                         "a number from 1 to " + std::to_string(world.size) + " (" + launcher->size + ")");
  }
  if (variables.has(launcher->local_rank)) {
    world.local_rank = variables.number(launcher->local_rank, 0, world.size - 1, below);
  }
  const bool torchrun = launcher->rank == "RANK";
  if (!torchrun && world.local_size == world.size) {
    world.address = variables.text_or("MASTER_ADDR", "127.0.0.1");
  } else {
    world.address = variables.text("MASTER_ADDR");
  }
  const auto port = torchrun ? variables.text("MASTER_PORT") : variables.text_or("MASTER_PORT", kDefaultPort);
  world.port = static_cast<std::uint16_t>(variables.number("MASTER_PORT", port, 1, 65535, "a port from 1 to 65535"));
  const auto agent = variables.text_or("TORCHELASTIC_USE_AGENT_STORE", "False");
  if (agent != "True" && agent != "False") {
    throw std::invalid_argument("TORCHELASTIC_USE_AGENT_STORE: expected True or False, found " +
                                boxfeed::quoted(agent));
  }
  world.launcher_keeps_store = torchrun && agent == "True";
  world.incarnation =
      variables.text_or("TORCHELASTIC_RUN_ID", "") + "." + variables.text_or("TORCHELASTIC_RESTART_COUNT", "0");
  return world;
}

World world_from_environment() {
  return world_from([](const std::string& name) -> std::optional<std::string> {
    const char* const value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  });
}

}  // namespace localization
