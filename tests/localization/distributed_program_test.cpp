// Several processes of `localize train`, as torchrun starts them.
#include <chrono>
#include <filesystem>
#include <random>
#include <thread>

#include "localization/program.h"
#include "localization/ranks.h"
#include "support/catch.h"

namespace distributed_program_test {

using Catch::Matchers::ContainsSubstring;
using program::bytes_of;
using program::DataFolder;
using program::localize;
using program::tensors_of;
using program::wait_for;
using ranks::Process;
using ranks::torchrun;
using Codes = std::vector<int>;

namespace {

constexpr int kWrongOptions = 2, kLostRank = 5, kStopped = 130;

const std::string kTrain =
    "train --csv d/data.csv --images d/images --epochs 3 --batch 4 --size 48 64 --threads 1 --workers 1 "
    "--save-minutes 0 --device cpu --timeout 60 ";

/// Numbers of a column of results.csv.
std::vector<double> column_of(const std::string& path, std::size_t column) {
  std::istringstream rows(bytes_of(path));
  std::vector<double> values;
  std::string row;
  std::getline(rows, row);
  while (std::getline(rows, row)) {
    std::istringstream cells(row);
    std::string cell;
    for (std::size_t i = 0; i <= column; ++i) std::getline(cells, cell, ',');
    values.push_back(std::stod(cell));
  }
  return values;
}

/// Losses and IoU of each epoch, which rounding alone may make differ.
void check_near(const std::string& run, const std::string& other) {
  for (const std::size_t column : {2, 3, 4}) {
    const auto values = column_of(run + "/results.csv", column), others = column_of(other + "/results.csv", column);
    REQUIRE(values.size() == others.size());
    for (std::size_t i = 0; i < values.size(); ++i) CHECK(values[i] == Approx(others[i]).margin(0.01));
  }
}

}  // namespace

TEST_CASE("a training of two and of four processes is that of one, and rank 0 alone talks") {
  const DataFolder folder;
  REQUIRE(localize(folder, kTrain + "--run one").code == 0);
  for (const int size : {2, 4}) {
    const auto run = "run" + std::to_string(size);
    ranks::World world(folder, size, kTrain + "--sync-batch-norm --run " + run);
    CHECK(world.wait() == Codes(static_cast<std::size_t>(size), 0));
    INFO(world[0].text());
    CHECK_THAT(world[0].text(), ContainsSubstring(std::to_string(size) + " processes, each with"));
    CHECK_THAT(world[0].text(), ContainsSubstring("best epoch"));
    for (std::size_t rank = 1; rank < static_cast<std::size_t>(size); ++rank) CHECK(world[rank].text().empty());
    check_near(folder / run, folder / "one");
  }
}

TEST_CASE("a training that two processes began goes on with one, and then with four") {
  const DataFolder folder;
  REQUIRE(localize(folder, kTrain + "--run one").code == 0);
  const auto stopped = [&](int size, const std::string& arguments, const std::string& when) {
    ranks::World world(folder, size, arguments);
    wait_for(folder / "run/last.safetensors", when);
    world[0].send(SIGTERM);
    const auto codes = world.wait();
    INFO(world[0].text());
    CHECK(codes == Codes(static_cast<std::size_t>(size), kStopped));
  };
  stopped(2, kTrain + "--sync-batch-norm --run run", R"(\"step\":3)");
  stopped(1, "train --resume run --workers 0", R"(\"step\":9)");
  ranks::World four(folder, 4, "train --resume run --timeout 60");
  CHECK(four.wait() == Codes(4, 0));
  INFO(four[0].text());
  CHECK_THAT(four[0].text(), ContainsSubstring("going on in epoch"));
  check_near(folder / "run", folder / "one");
}

TEST_CASE("processes of which one is killed at any moment come to the weights of an undisturbed training") {
  const char* const kills_text = std::getenv("BOXFEED_KILLS");
  const int kills = kills_text != nullptr ? std::atoi(kills_text) : 2;
  constexpr int kSize = 3;
  const DataFolder folder;
  const std::string train =
      "train --csv d/data.csv --images d/images --epochs 3 --batch 6 --size 48 64 --threads 1 --workers 1 "
      "--save-minutes 0 --device cpu --timeout 60 --resume auto --run ";
  ranks::World whole(folder, kSize, train + "whole");
  REQUIRE(whole.wait() == Codes(kSize, 0));
  std::mt19937 random(7);
  const auto run_of = [](int i) { return "killed" + std::to_string(i); };
  for (int done = 0, run = 0; done < kills; ++run) {
    for (int code = 1; code != 0;) {
      ranks::World world(folder, kSize, train + run_of(run));
      const bool disturbed = done < kills && random() % 4 != 0;
      if (disturbed) {
        std::this_thread::sleep_for(std::chrono::milliseconds(500 + random() % 4000));
        const auto rank = random() % kSize;
        world[rank].send(SIGKILL);
        ++done;
      }
      const auto codes = world.wait();
      code = codes[0];
      INFO(world[0].text() << world[1].text() << world[2].text());
      for (const int one : codes) CHECK((one == 0 || (disturbed && (one == kLostRank || one == -SIGKILL))));
      if (!disturbed && code != 0) return;
      const auto last = folder / (run_of(run) + "/summary.json");
      if (code == 0 && !std::filesystem::exists(last)) code = 1;
    }
    const bool same_state =
        tensors_of(folder / (run_of(run) + "/last.safetensors")) == tensors_of(folder / "whole/last.safetensors");
    const bool same_weights =
        bytes_of(folder / (run_of(run) + "/best.safetensors")) == bytes_of(folder / "whole/best.safetensors");
    CHECK(same_state);
    CHECK(same_weights);
  }
}

TEST_CASE("where a process dies, hangs or has other options, the others end in time and name it") {
  const DataFolder folder;
  const std::string endless =
      "train --csv d/data.csv --images d/images --epochs 100000 --batch 6 --size 48 64 --threads 1 --workers 1 "
      "--device cpu --timeout 10 --run ";
  for (const int signal : {SIGKILL, SIGSTOP}) {
    const auto run = "run" + std::to_string(signal);
    ranks::World world(folder, 3, endless + run);
    wait_for(folder / (run + "/results.csv"), "\n1,");
    world[1].send(signal);
    const auto begin = std::chrono::steady_clock::now();
    CHECK(world[0].wait() == kLostRank);
    CHECK(world[2].wait() == kLostRank);
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(60));
    for (const std::size_t rank : {0, 2}) {
      INFO(world[rank].text());
      CHECK_THAT(world[rank].text(), ContainsSubstring("localize, rank " + std::to_string(rank) +
                                                       " of 3: rank 1 gives "
                                                       "no sign of life"));
    }
  }
  const int port = ranks::free_port();
  Process main(folder, kTrain + "--run a", torchrun(0, 2, port), "main");
  Process other(folder, kTrain + "--weight-decay 0.1 --run a", torchrun(1, 2, port), "other");
  CHECK(other.wait() == kWrongOptions);
  CHECK(main.wait() == kLostRank);
  CHECK_THAT(
      other.text(),
      ContainsSubstring("rank 1 has other options than rank 0: weight-decay=0.1, rather than weight-decay=0.02"));
  CHECK_THAT(main.text(), ContainsSubstring("rank 1 has ended: rank 1 has other options"));
}

TEST_CASE("a world that does not come together, and what is no world, are told in a line") {
  const DataFolder folder;
  const std::string train = "train --csv d/data.csv --images d/images --batch 4 --device cpu --timeout 4 --run a";
  const auto check = [&](Process& process, int code, const std::string& text) {
    CHECK(process.wait() == code);
    CHECK_THAT(process.text(), ContainsSubstring(text));
  };
  auto junk = torchrun(0, 2, 1);
  junk["RANK"] = "one";
  Process no_rank(folder, train, junk, "junk");
  check(no_rank, kWrongOptions, "localize: RANK: expected a number below 2 (WORLD_SIZE), found \"one\"");
  Process alone(folder, train, torchrun(0, 3, ranks::free_port()), "alone");
  check(alone, kLostRank, "expected 3 processes within 2 s, found none of rank 1, 2");
  Process nobody(folder, train, torchrun(1, 3, ranks::free_port()), "nobody");
  check(nobody, kLostRank, "did not answer within 2 s, where rank 0 should be");
  const int port = ranks::free_port();
  Process first(folder, train, torchrun(0, 3, port), "first"), second(folder, train, torchrun(1, 3, port), "second");
  Process third(folder, train, torchrun(1, 3, port), "third");
  CHECK(first.wait() == kLostRank);
  CHECK(second.wait() == kLostRank);
  CHECK(third.wait() == kLostRank);
  CHECK_THAT(first.text() + second.text() + third.text(), ContainsSubstring("there are two processes of rank 1"));
  ranks::World three(folder, 3, train);
  CHECK(three.wait() == Codes{kWrongOptions, kLostRank, kLostRank});
  CHECK_THAT(three[0].text(),
             ContainsSubstring("--batch: expected a multiple of the 3 processes, which share it, got 4"));

  const int socket = ::socket(AF_INET6, SOCK_STREAM, 0);
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  socklen_t length = sizeof address;
  auto* const name = reinterpret_cast<sockaddr*>(&address);
  REQUIRE(::bind(socket, name, length) == 0);
  REQUIRE(::listen(socket, 1) == 0);
  REQUIRE(::getsockname(socket, name, &length) == 0);
  const int taken = ntohs(address.sin6_port);
  Process late(folder, train, torchrun(0, 2, taken), "late");
  check(late, kLostRank, "rank 0 cannot open port " + std::to_string(taken) + " (MASTER_PORT)");
  ::close(socket);
}

}  // namespace distributed_program_test
