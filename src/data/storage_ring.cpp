#include "data/storage_ring.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include <algorithm>

namespace boxfeed {
namespace {

/// Of more storages than this, which are all held elsewhere, the oldest are forgotten.
constexpr std::size_t kMaxKept = 32;

bool is_free(const c10::Storage& storage) { return storage.use_count() == 1; }

}  // namespace

c10::Storage StorageRing::get(std::size_t bytes) {
  largest_ = std::max(largest_, bytes);
  for (std::size_t i = 0; i < storages_.size(); ++i) {
    if (!is_free(storages_[i])) continue;
    if (storages_[i].nbytes() >= bytes && storages_[i].device().is_cpu()) return storages_[i];
    storages_.erase(storages_.begin() + static_cast<std::ptrdiff_t>(i--));
  }
  const auto options = at::TensorOptions().dtype(at::kByte).device(at::kCPU);
  c10::Storage storage = at::empty({static_cast<std::int64_t>(largest_)}, options).storage();
  if (storages_.size() < kMaxKept) {
    storages_.push_back(storage);
  } else {
    storages_[oldest_++ % kMaxKept] = storage;
  }
  return storage;
}

}  // namespace boxfeed
