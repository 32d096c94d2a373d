#include "data/storage_ring.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <exception>

namespace boxfeed {
namespace {

/// Of more storages than this, which are all held elsewhere, the oldest are forgotten.
constexpr std::size_t kMaxKept = 32;

bool is_free(const c10::Storage& storage) { return storage.use_count() == 1; }

}  // namespace

void StorageRing::pin_memory() {
  pinned_ = true;
  storages_.clear();
}

c10::Storage StorageRing::allocate(std::size_t bytes) {
  const auto size = static_cast<std::int64_t>(bytes);
  const auto options = at::TensorOptions().dtype(at::kByte).device(at::kCPU);
  if (pinned_) {
    try {
      return at::empty({size}, options.pinned_memory(true)).storage();
    } catch (const std::exception&) {
      pinned_ = false;  // there is none in this LibTorch, or for this device
    }
  }
  return at::empty({size}, options).storage();
}

c10::Storage StorageRing::get(std::size_t bytes) {
  largest_ = std::max(largest_, bytes);
  for (std::size_t i = 0; i < storages_.size(); ++i) {
    if (!is_free(storages_[i])) continue;
    if (storages_[i].nbytes() >= bytes && storages_[i].device().is_cpu()) return storages_[i];
    storages_.erase(storages_.begin() + static_cast<std::ptrdiff_t>(i--));
  }
  c10::Storage storage = allocate(largest_);
  if (storages_.size() < kMaxKept) {
    storages_.push_back(storage);
  } else {
    storages_[oldest_++ % kMaxKept] = storage;
  }
  return storage;
}

}  // namespace boxfeed
