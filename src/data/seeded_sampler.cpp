#include <boxfeed/data/seeded_sampler.h>
#include <torch/serialize/archive.h>

#include <algorithm>

namespace boxfeed::samplers {
namespace {

void write(torch::serialize::OutputArchive& archive, const char* key, std::uint64_t value) {
  archive.write(key, at::scalar_tensor(static_cast<std::int64_t>(value), at::kLong), /*is_buffer=*/true);
}

std::uint64_t read(torch::serialize::InputArchive& archive, const char* key) {
  at::Tensor value = at::empty({}, at::kLong);
  archive.read(key, value, /*is_buffer=*/true);
  return static_cast<std::uint64_t>(value.item<std::int64_t>());
}

}  // namespace

void SeededSampler::rewind() {
  position_ = 0;
  used_ = false;
  order_.clear();
}

void SeededSampler::set_seed(std::uint64_t seed) {
  seed_ = seed;
  rewind();
}

void SeededSampler::set_epoch(std::uint64_t epoch) {
  epoch_ = epoch;
  rewind();
}

void SeededSampler::reset(torch::optional<std::size_t> new_size) {
  if (new_size) resize(*new_size);
  if (used_) ++epoch_;
  rewind();
}

torch::optional<std::vector<std::size_t>> SeededSampler::next(std::size_t batch_size) {
  if (!used_) {
    order_ = order(epoch_);
    used_ = true;
  }
  if (position_ >= order_.size()) return torch::nullopt;
  const auto begin = order_.begin() + static_cast<std::ptrdiff_t>(position_);
  const std::size_t count = std::min(batch_size, order_.size() - position_);
  position_ += count;
  return std::vector<std::size_t>(begin, begin + static_cast<std::ptrdiff_t>(count));
}

void SeededSampler::save(torch::serialize::OutputArchive& archive) const {
  write(archive, "seed", seed_);
  write(archive, "epoch", epoch_);
  write(archive, "position", position_);
}

void SeededSampler::load(torch::serialize::InputArchive& archive) {
  seed_ = read(archive, "seed");
  epoch_ = read(archive, "epoch");
  position_ = read(archive, "position");
  order_ = order(epoch_);
  used_ = true;
}

}  // namespace boxfeed::samplers
