// Processes that train together, here as threads.
#include <exception>
#include <functional>
#include <mutex>
#include <numeric>
#include <thread>

#include "distributed/gradient_sum.h"
#include "distributed/process_group.h"
#include "localization/ranks.h"
#include "model/network.h"
#include "model/weights.h"
#include "support/catch.h"
#include "training/loss.h"
#include "training/metrics.h"
#include "training/optimization.h"

namespace distributed_test {

using Catch::Matchers::ContainsSubstring;
using localization::Network;
using localization::NetworkOptions;
using localization::ProcessGroup;

namespace {

/// Calls `work` with the group of each rank, side by side.
void in_ranks(int size, const std::function<void(const ProcessGroup&)>& work) {
  localization::World world;
  world.size = size;
  world.address = "127.0.0.1";
  world.port = static_cast<std::uint16_t>(ranks::free_port());
  std::vector<std::thread> threads;
  std::vector<std::exception_ptr> errors(static_cast<std::size_t>(size));
  for (int rank = 0; rank < size; ++rank) {
    threads.emplace_back([&, rank, own = world]() mutable {
      own.rank = rank;
      try {
        work(ProcessGroup(own, std::chrono::seconds(60)));
      } catch (...) {
        errors[static_cast<std::size_t>(rank)] = std::current_exception();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& error : errors) {
    if (error) std::rethrow_exception(error);
  }
}

using Gradients = std::vector<torch::Tensor>;

/// The gradients of the mean loss over a batch, of which `group` has its part, and the network's buffers behind it.
Gradients gradients_of(const ProcessGroup& group, const Network& start, const torch::Tensor& images,
                       const torch::Tensor& boxes, std::size_t bucket_bytes) {
  Network network(start->options());
  localization::copy_state(*start, *network);
  network->synchronize_norms([&](const torch::Tensor& values) { group.sum(values); });
  network->train();
  localization::GradientSum sum(group, network->parameters(), bucket_bytes);
  sum.begin();
  std::vector<std::int64_t> own;
  for (std::int64_t i = group.rank(); i < images.size(0); i += group.size()) own.push_back(i);
  CHECK(group.share_of(images.size(0)) == static_cast<std::int64_t>(own.size()));
  const auto rows = torch::tensor(own, torch::kInt64);
  localization::Truth truth;
  truth.boxes = boxes.index_select(0, rows);
  const auto losses = localization::loss_of(network(images.index_select(0, rows)), truth);
  (losses.sum() / static_cast<double>(images.size(0))).backward();
  sum.finish();
  Gradients gradients;
  for (const auto& parameter : network->parameters()) gradients.push_back(parameter.grad().clone());
  for (const auto& buffer : network->buffers()) gradients.push_back(buffer.clone());
  return gradients;
}

double norm_of(const Gradients& gradients) {
  double squares = 0;
  for (const auto& one : gradients) squares += one.to(torch::kFloat64).square().sum().item<double>();
  return std::sqrt(squares);
}

}  // namespace

TEST_CASE("what ranks add, tell and ask each other is the same in all") {
  for (const int size : {1, 2, 3}) {
    std::mutex mutex;
    int works = 0, done = 0;
    in_ranks(size, [&](const ProcessGroup& group) {
      const auto values = torch::arange(5, torch::kFloat64) + group.rank();
      group.sum(values);
      auto said = torch::full({2}, group.rank(), torch::kInt64);
      group.broadcast(said);
      const auto from_main = group.broadcast("rank " + std::to_string(group.rank()));
      const auto texts = group.gather(std::string(static_cast<std::size_t>(group.rank()), 'x'));
      const auto once = group.once([&] {
        ++works;
        return std::string("seen\0by all", 11);
      });
      const std::lock_guard lock(mutex);
      ++done;
      CHECK(group.size() == size);
      CHECK(values.equal(torch::arange(5, torch::kFloat64) * size + size * (size - 1) / 2));
      CHECK(said.equal(torch::zeros({2}, torch::kInt64)));
      CHECK(from_main == "rank 0");
      REQUIRE(texts.size() == static_cast<std::size_t>(size));
      for (std::size_t i = 0; i < texts.size(); ++i) CHECK(texts[i] == std::string(i, 'x'));
      CHECK(once == std::string("seen\0by all", 11));
    });
    CHECK(works == 1);
    CHECK(done == size);
  }
}

TEST_CASE("all ranks compute on the same kind of device, and add up there what they have") {
  in_ranks(1, [](const ProcessGroup& alone) { CHECK_NOTHROW(alone.check_device(torch::kCPU)); });
  std::mutex mutex;
  in_ranks(3, [&](const ProcessGroup& group) {
    std::string problem;
    group.check_device(torch::kCPU);
    try {
      group.check_device(group.rank() == 1 ? torch::kMeta : torch::kCPU);
    } catch (const std::invalid_argument& error) {
      problem = error.what();
    }
    torch::Tensor sum, first;
    if (torch::cuda::is_available()) {
      sum = torch::full({3}, group.rank() + 1, torch::TensorOptions(torch::kCUDA).dtype(torch::kFloat));
      first = sum.clone();
      group.sum(sum);
      group.broadcast(first);
    }
    const std::lock_guard lock(mutex);
    CHECK_THAT(problem, ContainsSubstring("--device: all processes must compute on the same: rank 0 does on cpu, "
                                          "rank 1 on meta"));
    if (!sum.defined()) return;
    CHECK(sum.cpu().equal(torch::full({3}, 6.F)));
    CHECK(first.cpu().equal(torch::full({3}, 1.F)));
  });
}

TEST_CASE("the gradients of a step of several ranks are those of one process, however few examples a rank has") {
  torch::manual_seed(3);
  const Network start{NetworkOptions{}};
  for (const std::int64_t examples : {8, 7, 3}) {
    const auto images = torch::randn({examples, 3, 48, 64});
    const auto corners = torch::rand({examples, 2}) * 0.4;
    const auto boxes = torch::cat({corners, corners + 0.1 + torch::rand({examples, 2}) * 0.4}, 1);
    Network plain(start->options());
    localization::copy_state(*start, *plain);
    plain->train();
    localization::Truth truth;
    truth.boxes = boxes;
    localization::loss_of(plain(images), truth).mean().backward();
    Gradients expected;
    for (const auto& parameter : plain->parameters()) expected.push_back(parameter.grad());
    for (const auto& buffer : plain->buffers()) expected.push_back(buffer);
    for (const int size : {1, 2, 4}) {
      for (const std::size_t bucket_bytes : {std::size_t{100'000}, std::size_t{25} << 20U}) {
        std::vector<Gradients> found(static_cast<std::size_t>(size));
        in_ranks(size, [&](const ProcessGroup& group) {
          found[static_cast<std::size_t>(group.rank())] = gradients_of(group, start, images, boxes, bucket_bytes);
        });
        Gradients differences;
        for (std::size_t i = 0; i < expected.size(); ++i) differences.push_back(found[0][i] - expected[i]);
        INFO(examples << " examples, " << size << " ranks");
        CHECK(norm_of(differences) < 1e-5 * norm_of(expected));
        for (const auto& other : found) {
          bool same = true;  // to the bit
          for (std::size_t i = 0; i < expected.size(); ++i) same = same && other[i].equal(found[0][i]);
          CHECK(same);
        }
      }
    }
  }
}

TEST_CASE("metrics of parts that ranks have are those of the whole, of any rank and with a rank without a part") {
  localization::Target target;
  target.box = true;
  target.classes = {"cat", "dog"};
  target.keypoints = {"a", "b"};
  target.visibility = true;
  target.numbers = {{"age", 3, 2}, {"height", 1, 1}};
  torch::manual_seed(5);
  std::vector<localization::Labels> truth, predicted;
  const auto draw = [] { return torch::rand({1}).item<float>(); };
  for (int i = 0; i < 7; ++i) {
    for (auto* const labels : {&truth, &predicted}) {
      localization::Labels one;
      one.box = boxfeed::Box{10 * draw(), 10 * draw(), 10 + 10 * draw(), 10 + 10 * draw()};
      one.class_id = draw() < 0.5F ? 0 : 1;
      one.keypoints = {{20 * draw(), 20 * draw(), draw() < 0.7F ? 2.F : 0.F}, {20 * draw(), 20 * draw(), 2}};
      one.numbers = {draw() * 9, draw()};
      labels->push_back(one);
    }
  }
  const auto metrics_of_part = [&](std::size_t count, const ProcessGroup* group) {
    std::vector<localization::Labels> own_predicted, own_truth;
    const std::size_t rank = group != nullptr ? static_cast<std::size_t>(group->rank()) : 0;
    const std::size_t size = group != nullptr ? static_cast<std::size_t>(group->size()) : 1;
    for (std::size_t i = rank; i < count; i += size) {
      own_predicted.push_back(predicted[i]);
      own_truth.push_back(truth[i]);
    }
    const auto gather =
        group == nullptr ? localization::Gather() : [&](const std::string& state) { return group->gather(state); };
    return localization::metrics_of(target, own_predicted, own_truth,
                                    std::vector<boxfeed::ImageSize>(own_truth.size(), {20, 20}), gather);
  };
  for (const std::size_t count : {std::size_t{7}, std::size_t{2}}) {
    const auto whole = metrics_of_part(count, nullptr);
    for (const int size : {2, 3}) {
      std::vector<std::vector<localization::Metric>> found(static_cast<std::size_t>(size));
      in_ranks(size, [&](const ProcessGroup& group) {
        found[static_cast<std::size_t>(group.rank())] = metrics_of_part(count, &group);
      });
      for (const auto& metrics : found) {
        REQUIRE(metrics.size() == whole.size());
        for (std::size_t i = 0; i < whole.size(); ++i) {
          INFO(whole[i].name << ", " << size << " ranks");
          CHECK(metrics[i].name == whole[i].name);
          CHECK(metrics[i].value == Approx(whole[i].value).epsilon(1e-12));
          CHECK(metrics[i].value == found[0][i].value);
        }
      }
    }
  }
}

}  // namespace distributed_test
