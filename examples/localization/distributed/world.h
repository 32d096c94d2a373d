#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace localization {

/// The processes that train together, as their launcher describes them to each.
struct World {
  int rank = 0;
  int size = 1;
  int local_rank = 0;  ///< among the processes of this machine
  int local_size = 1;
  std::string address;  ///< of the machine of rank 0
  std::uint16_t port = 0;
  bool launcher_keeps_store = false;  ///< the store at this port is the launcher's, rather than of rank 0
  std::string incarnation;            ///< differs each time the launcher starts them again

  /// "rank 1 of 4".
  std::string name() const;
};

/// Looks up a variable of the environment.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// The world that the variables of torchrun, mpirun or srun describe; one process where there are none of them.
///
/// - torchrun: RANK, WORLD_SIZE, LOCAL_RANK, LOCAL_WORLD_SIZE, MASTER_ADDR, MASTER_PORT, TORCHELASTIC_USE_AGENT_STORE,
///   TORCHELASTIC_RESTART_COUNT;
/// - mpirun: OMPI_COMM_WORLD_RANK, …_SIZE, …_LOCAL_RANK, …_LOCAL_SIZE, or PMI_RANK, PMI_SIZE, MPI_LOCALRANKID,
///   MPI_LOCALNRANKS;
/// - srun: SLURM_PROCID, SLURM_STEP_NUM_TASKS or SLURM_NTASKS, SLURM_LOCALID. A batch script itself is one process.
///
/// MASTER_ADDR and MASTER_PORT (29500) must be set for the last two, too, where not all processes are on one machine.
/// Throws: `std::invalid_argument` that names the variable, what was expected and found.
World world_from(const Environment& environment);

/// The same from the environment of this process.
World world_from_environment();

}  // namespace localization
