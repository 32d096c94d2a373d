#include "distributed/process_group.h"

#include <cstring>
#include <stdexcept>

#include "distributed/members.h"

namespace localization {
namespace {

torch::Tensor bytes_of(const std::string& text) {
  auto bytes = torch::empty({static_cast<std::int64_t>(text.size())}, torch::kUInt8);
  if (!text.empty()) std::memcpy(bytes.data_ptr<std::uint8_t>(), text.data(), text.size());
  return bytes;
}

std::string text_of(const torch::Tensor& bytes) {
  if (bytes.numel() == 0) return {};
  return {reinterpret_cast<const char*>(bytes.data_ptr<std::uint8_t>()), static_cast<std::size_t>(bytes.numel())};
}

}  // namespace

ProcessGroup::ProcessGroup(const World& world, std::chrono::milliseconds timeout)
    : rank_(world.rank), size_(world.size), members_(world.size > 1 ? join(world, timeout) : nullptr) {}

void ProcessGroup::check_device(const torch::Device& device) const {
  const auto kinds = gather(c10::DeviceTypeName(device.type(), /*lower_case=*/true));
  for (std::size_t rank = 0; rank < kinds.size(); ++rank) {
    if (kinds[rank] == kinds[0]) continue;
    throw std::invalid_argument("--device: all processes must compute on the same: rank 0 does on " + kinds[0] +
                                ", rank " + std::to_string(rank) + " on " + kinds[rank]);
  }
}

void ProcessGroup::sum(const torch::Tensor& values) const { begin_sum(values)(); }

std::function<void()> ProcessGroup::begin_sum(const torch::Tensor& values) const {
  if (!members_ || values.numel() == 0) return [] {};
  return members_->begin_sum(values);
}

void ProcessGroup::broadcast(const torch::Tensor& values) const {
  if (members_ && values.numel() > 0) members_->broadcast(values);
}

std::string ProcessGroup::broadcast(const std::string& text) const {
  if (!members_) return text;
  auto length = torch::tensor({static_cast<std::int64_t>(text.size())}, torch::kInt64);
  broadcast(length);
  const auto bytes = is_main() ? bytes_of(text) : torch::empty({length.item<std::int64_t>()}, torch::kUInt8);
  broadcast(bytes);
  return text_of(bytes);
}

std::vector<std::string> ProcessGroup::gather(const std::string& text) const {
  if (!members_) return {text};
  const auto lengths = torch::zeros({size_}, torch::kInt64);
  lengths[rank_].fill_(static_cast<std::int64_t>(text.size()));
  sum(lengths);
  const auto all = torch::zeros({size_, lengths.max().item<std::int64_t>()}, torch::kUInt8);
  all[rank_].narrow(0, 0, static_cast<std::int64_t>(text.size())).copy_(bytes_of(text));
  sum(all);
  std::vector<std::string> texts;
  for (std::int64_t i = 0; i < size_; ++i) {
    texts.push_back(text_of(all[i].narrow(0, 0, lengths[i].item<std::int64_t>()).contiguous()));
  }
  return texts;
}

std::string ProcessGroup::once(const std::function<std::string()>& work) const {
  if (!members_) return work();
  std::string result;
  if (is_main()) {
    result = work();
    members_->tell_done();
  } else {
    members_->wait_until_done();
  }
  return broadcast(result);
}

void ProcessGroup::alive() const {
  if (members_) members_->alive();
}

void ProcessGroup::fail(const std::string& why) const {
  if (members_ && members_->fail(why)) throw LostRank("ends for the same reason as another rank");
}

}  // namespace localization
