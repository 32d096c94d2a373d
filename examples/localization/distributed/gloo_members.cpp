#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#include <utility>

#include "distributed/members.h"
#include "distributed/process_group.h"
#include "distributed/watch.h"

namespace localization {
namespace {

using Milliseconds = std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;
using Bytes = std::vector<std::uint8_t>;

std::string reason_of(const std::exception& error) {
  const auto* const torch_error = dynamic_cast<const c10::Error*>(&error);
  const std::string text = torch_error != nullptr ? torch_error->what_without_backtrace() : error.what();
  return text.substr(0, text.find('\n'));
}

std::string seconds_text(Milliseconds time) {
  return std::to_string(std::max<std::int64_t>(time.count() / 1000, 1)) + " s";
}

std::string place_of(const World& world) { return world.address + ":" + std::to_string(world.port); }

/// The address of this machine on the way to rank 0's, where the others can reach it, too.
std::string own_address(const World& world) {
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = SOCK_DGRAM;
  if (::getaddrinfo(world.address.c_str(), std::to_string(world.port).c_str(), &hints, &found) != 0) return {};
  std::string address;
  for (const auto* one = found; one != nullptr && address.empty(); one = one->ai_next) {
    const int socket = ::socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC, 0);
    sockaddr_storage own{};
    auto* const name = reinterpret_cast<sockaddr*>(&own);
    socklen_t length = sizeof own;
    char text[NI_MAXHOST];
    // Nothing is sent: this only looks for the way.
    if (socket >= 0 && ::connect(socket, one->ai_addr, one->ai_addrlen) == 0 &&
        ::getsockname(socket, name, &length) == 0 &&
        ::getnameinfo(name, length, text, sizeof text, nullptr, 0, NI_NUMERICHOST) == 0) {
      address = text;
    }
    if (socket >= 0) ::close(socket);
  }
  ::freeaddrinfo(found);
  return address;
}

/// LibTorch 2.x would take libuv, which Debian's is built without.
template <typename Options>
auto do_without_libuv(Options& options, int /*preferred*/) -> decltype(void(options.useLibUV)) {
  options.useLibUV = false;
}
template <typename Options>
void do_without_libuv(Options& /*options*/, long /*otherwise*/) {}

c10::intrusive_ptr<c10d::Store> open_store(const World& world, bool keeps, Milliseconds timeout) {
  c10d::TCPStoreOptions options;
  options.port = world.port;
  options.isServer = keeps;
  options.waitWorkers = false;
  options.timeout = timeout;
  do_without_libuv(options, 0);
  try {
    auto store = c10::make_intrusive<c10d::TCPStore>(world.address, options);
    store->setTimeout(timeout);
    return c10::make_intrusive<c10d::PrefixStore>("localize " + world.incarnation, store);
  } catch (const std::exception& error) {
    if (keeps) {
      throw LostRank("rank 0 cannot open port " + std::to_string(world.port) +
                     " (MASTER_PORT), which another program, or another rank 0, may have: " + reason_of(error));
    }
    throw LostRank(place_of(world) + " (MASTER_ADDR, MASTER_PORT) did not answer within " + seconds_text(timeout) +
                   ", where " + (world.launcher_keeps_store ? "the launcher" : "rank 0") +
                   " should be: " + reason_of(error));
  }
}

/// Waits until all have told that they are here, each once.
void call_roll(c10d::Store& store, const World& world, Milliseconds timeout) {
  const auto key = [](int rank) { return "here/" + std::to_string(rank); };
  const auto size = std::to_string(world.size);
  if (store.add("size/" + size, 1) == 1) store.set("size", Bytes(size.begin(), size.end()));
  if (store.add(key(world.rank), 1) > 1) {
    store.set("twice", Bytes{1});
    throw LostRank("there are two processes of rank " + std::to_string(world.rank));
  }
  for (const auto give_up = Clock::now() + timeout;; std::this_thread::sleep_for(Milliseconds(20))) {
    if (store.check({"twice"})) throw LostRank("there are two processes of one rank");
    if (store.check({"size"})) {
      const auto first = store.get("size");
      if (std::string(first.begin(), first.end()) != size) {
        throw LostRank("this is " + world.name() + ", and another process is one of " +
                       std::string(first.begin(), first.end()));
      }
    }
    std::string missing;
    for (int rank = 0; rank < world.size; ++rank) {
      if (!store.check({key(rank)})) missing += (missing.empty() ? "" : ", ") + std::to_string(rank);
    }
    if (missing.empty()) return;
    if (Clock::now() > give_up) {
      throw LostRank("expected " + size + " processes within " + seconds_text(timeout) + ", found none of rank " +
                     missing);
    }
  }
}

/// Ends the process where it is kept for much longer than it should be, as by another program's port.
class LastResort {
 public:
  explicit LastResort(std::string message, Milliseconds time) : shared_(std::make_shared<Shared>()) {
    std::thread([shared = shared_, message = std::move(message), time] {
      std::unique_lock lock(shared->mutex);
      if (shared->condition.wait_for(lock, time, [&] { return shared->done; })) return;
      std::fprintf(stderr, "localize: %s\n", message.c_str());
      std::_Exit(kLostRankCode);
    }).detach();
  }
  LastResort(const LastResort&) = delete;
  LastResort& operator=(const LastResort&) = delete;
  ~LastResort() {
    const std::lock_guard lock(shared_->mutex);
    shared_->done = true;
    shared_->condition.notify_all();
  }

 private:
  struct Shared {
    std::mutex mutex;
    std::condition_variable condition;
    bool done = false;
  };
  std::shared_ptr<Shared> shared_;
};

class GlooMembers : public Members {
 public:
  GlooMembers(const World& world, Milliseconds timeout) : rank_(world.rank), timeout_(timeout) {
    const LastResort resort(place_of(world) + " (MASTER_ADDR, MASTER_PORT) is another program's, or hangs",
                            2 * timeout + std::chrono::seconds(5));
    const bool keeps_store = world.rank == 0 && !world.launcher_keeps_store;
    store_ = open_store(world, keeps_store, timeout);
    try {
      call_roll(*store_, world, timeout);
    } catch (const LostRank&) {
      if (keeps_store) std::this_thread::sleep_for(std::chrono::seconds(1));  // so that the others learn it, too
      throw;
    } catch (const std::exception& error) {
      throw LostRank("rank 0, or the launcher, has ended before all processes were there: " + reason_of(error));
    }
    watch_ = std::make_unique<Watch>(open_store(world, false, timeout), world.rank, world.size, place_of(world));
    const auto options = c10d::ProcessGroupGloo::Options::create(timeout);
    options->threads = 2;
    try {
      const char* const interface = std::getenv("GLOO_SOCKET_IFNAME");
      options->devices.push_back(interface != nullptr
                                     ? c10d::ProcessGroupGloo::createDeviceForInterface(interface)
                                     : c10d::ProcessGroupGloo::createDeviceForHostname(own_address(world)));
      gloo_ = c10::make_intrusive<c10d::ProcessGroupGloo>(c10::make_intrusive<c10d::PrefixStore>("gloo", store_),
                                                          world.rank, world.size, options);
    } catch (const std::exception& error) {
      throw LostRank(watch_->explained(reason_of(error)));
    }
  }

  ~GlooMembers() override {
    // With work that will never end, its destructor would wait for the time limit of each.
    if (broken_) gloo_.release();
  }

  std::function<void()> begin_sum(const torch::Tensor& values) override {
    watch_->enters();
    const auto here = values.cpu();  // the same, if it is there already
    std::vector<torch::Tensor> tensors{here};
    return [this, values, here, work = guarded([&] { return gloo_->allreduce(tensors); })] {
      guarded([&] { return work->wait(timeout_); });
      if (!values.is_cpu()) torch::Tensor(values).copy_(here);
    };
  }

  void broadcast(const torch::Tensor& values) override {
    watch_->enters();
    const auto here = values.cpu();
    std::vector<torch::Tensor> tensors{here};
    guarded([&] { return gloo_->broadcast(tensors)->wait(timeout_); });
    if (!values.is_cpu()) torch::Tensor(values).copy_(here);
  }

  void tell_done() override {
    guarded([&] {
      store_->set(done_key(), Bytes{1});
      return true;
    });
  }

  void wait_until_done() override {
    const auto key = done_key();
    const auto begin = Clock::now();
    while (!guarded([&] { return store_->check({key}); })) {
      const auto idle = std::min(watch_->main_idle(), Clock::now() - begin);
      if (watch_->someone_failed() || idle > timeout_) {
        broken_ = true;
        throw LostRank(watch_->someone_failed()
                           ? watch_->explained("")
                           : "rank 0 has not got on for " + seconds_text(timeout_) + " with what the others wait for");
      }
      std::this_thread::sleep_for(std::clamp<Clock::duration>(idle / 10, Milliseconds(5), Milliseconds(100)));
    }
  }

  void alive() override { watch_->alive(); }

  bool fail(const std::string& why) override {
    broken_ = true;
    if (rank_ != 0 && watch_->other_fails_for(why)) return true;
    watch_->fail(why);
    return false;
  }

 private:
  /// What `function` returns. Throws: `LostRank` with who is missing, where it throws.
  template <typename Function>
  auto guarded(const Function& function) -> decltype(function()) {
    try {
      return function();
    } catch (const std::exception& error) {
      broken_ = true;
      throw LostRank(watch_->explained(reason_of(error)));
    }
  }

  std::string done_key() { return "done/" + std::to_string(done_++); }

  const int rank_;
  const Milliseconds timeout_;
  std::int64_t done_ = 0;
  bool broken_ = false;
  c10::intrusive_ptr<c10d::Store> store_;
  std::unique_ptr<Watch> watch_;
  c10::intrusive_ptr<c10d::ProcessGroupGloo> gloo_;
};

}  // namespace

std::shared_ptr<Members> join(const World& world, Milliseconds timeout) {
  return std::make_shared<GlooMembers>(world, timeout);
}

}  // namespace localization
