#include "distributed/world.h"

#include <map>
#include <stdexcept>

#include "support/catch.h"

namespace world_test {

using Catch::Matchers::ContainsSubstring;
using localization::World;
using Variables = std::map<std::string, std::string>;

namespace {

World world_of(const Variables& variables) {
  return localization::world_from([&](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional<std::string>(found->second);
  });
}

Variables torchrun_with(const std::string& name, const std::string& value) {
  Variables variables{{"RANK", "3"},
                      {"WORLD_SIZE", "8"},
                      {"LOCAL_RANK", "1"},
                      {"LOCAL_WORLD_SIZE", "2"},
                      {"MASTER_ADDR", "node7"},
                      {"MASTER_PORT", "4321"}};
  variables[name] = value;
  return variables;
}

}  // namespace

TEST_CASE("without a launcher's variables there is one process") {
  const auto world = world_of({{"MASTER_ADDR", "node7"}, {"PATH", "/bin"}});
  CHECK(world.rank == 0);
  CHECK(world.size == 1);
  CHECK(world_of({{"RANK", "0"}, {"WORLD_SIZE", "1"}}).size == 1);
}

TEST_CASE("the variables of torchrun are understood, with its store and its restarts") {
  const auto world = world_of(torchrun_with("TORCHELASTIC_RESTART_COUNT", "2"));
  CHECK(world.name() == "rank 3 of 8");
  CHECK(world.local_rank == 1);
  CHECK(world.local_size == 2);
  CHECK(world.address == "node7");
  CHECK(world.port == 4321);
  CHECK_FALSE(world.launcher_keeps_store);
  CHECK(world.incarnation != world_of(torchrun_with("TORCHELASTIC_RESTART_COUNT", "3")).incarnation);
  CHECK(world_of(torchrun_with("TORCHELASTIC_USE_AGENT_STORE", "True")).launcher_keeps_store);
  CHECK_FALSE(world_of(torchrun_with("TORCHELASTIC_USE_AGENT_STORE", "False")).launcher_keeps_store);
}

TEST_CASE("the variables of mpirun are understood, with this machine as the master where all are on it") {
  Variables open_mpi{{"OMPI_COMM_WORLD_RANK", "1"},
                     {"OMPI_COMM_WORLD_SIZE", "2"},
                     {"OMPI_COMM_WORLD_LOCAL_RANK", "1"},
                     {"OMPI_COMM_WORLD_LOCAL_SIZE", "2"}};
  const auto world = world_of(open_mpi);
  CHECK(world.name() == "rank 1 of 2");
  CHECK(world.address == "127.0.0.1");
  CHECK(world.port == 29500);
  open_mpi["OMPI_COMM_WORLD_LOCAL_SIZE"] = "1";
  CHECK_THROWS_WITH(world_of(open_mpi), ContainsSubstring("MASTER_ADDR: expected a value, found none"));
  const auto mpich = world_of({{"PMI_RANK", "2"}, {"PMI_SIZE", "4"}, {"MASTER_ADDR", "a"}, {"MASTER_PORT", "5"}});
  CHECK(mpich.name() == "rank 2 of 4");
  CHECK(mpich.address == "a");
  CHECK(mpich.port == 5);
}

TEST_CASE("the variables of srun are understood, and a batch script is one process") {
  Variables slurm{{"SLURM_JOB_ID", "9"},  {"SLURM_STEP_ID", "0"}, {"SLURM_PROCID", "5"},   {"SLURM_NTASKS", "6"},
                  {"SLURM_LOCALID", "1"}, {"SLURM_NNODES", "3"},  {"MASTER_ADDR", "node0"}};
  const auto world = world_of(slurm);
  CHECK(world.name() == "rank 5 of 6");
  CHECK(world.local_rank == 1);
  CHECK(world.address == "node0");
  slurm["SLURM_STEP_NUM_TASKS"] = "7";
  CHECK(world_of(slurm).size == 7);
  slurm.erase("SLURM_STEP_ID");
  CHECK(world_of(slurm).size == 1);
}

TEST_CASE("variables that cannot be are refused with their name and what was expected") {
  const auto refused = [](const std::string& name, const std::string& value, const std::string& text) {
    CHECK_THROWS_AS(world_of(torchrun_with(name, value)), std::invalid_argument);
    CHECK_THROWS_WITH(world_of(torchrun_with(name, value)), ContainsSubstring(text));
  };
  refused("RANK", "8", "RANK: expected a number below 8 (WORLD_SIZE), found \"8\"");
  refused("RANK", "-1", "RANK: expected a number below 8");
  refused("RANK", "1x", "found \"1x\"");
  refused("RANK", "", "RANK: expected a value, found none");
  refused("RANK", "99999999999999999999", "RANK: expected a number below 8");
  refused("WORLD_SIZE", "0", "WORLD_SIZE: expected a number of processes from 1 on, found \"0\"");
  refused("WORLD_SIZE", "two", "WORLD_SIZE: expected a number of processes from 1 on, found \"two\"");
  refused("LOCAL_RANK", "9", "LOCAL_RANK: expected a number below 8");
  refused("LOCAL_WORLD_SIZE", "9", "LOCAL_WORLD_SIZE: expected a number from 1 to 8 (WORLD_SIZE), found \"9\"");
  refused("MASTER_ADDR", "", "MASTER_ADDR: expected a value, found none");
  refused("MASTER_PORT", "0", "MASTER_PORT: expected a port from 1 to 65535, found \"0\"");
  refused("MASTER_PORT", "65536", "MASTER_PORT: expected a port");
  refused("TORCHELASTIC_USE_AGENT_STORE", "yes", "TORCHELASTIC_USE_AGENT_STORE: expected True or False");
  CHECK_THROWS_WITH(world_of({{"RANK", "0"}}), ContainsSubstring("WORLD_SIZE: expected a value, found none"));
  CHECK_THROWS_WITH(world_of({{"WORLD_SIZE", "2"}}), ContainsSubstring("RANK: expected a value, found none"));
}

}  // namespace world_test
