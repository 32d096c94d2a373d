#pragma once

#include <c10/core/Storage.h>

#include <cstddef>
#include <vector>

namespace boxfeed {

/// Memory for tensors that is used again when nobody else holds it.
///
/// Only storages are kept, never tensors: a storage's count sees every tensor and view on it, but a second handle of
/// one tensor only through that tensor; so "one owner" means that no handle of any kind is left.
class StorageRing {
 public:
  /// A storage in main memory of at least `bytes` bytes that nobody else holds.
  c10::Storage get(std::size_t bytes);

  /// Has all further storages be page-locked, where LibTorch has such memory.
  void pin_memory();

  /// The storages that are kept at present.
  std::size_t size() const noexcept { return storages_.size(); }

 private:
  c10::Storage allocate(std::size_t bytes);

  bool pinned_ = false;
  std::vector<c10::Storage> storages_;
  std::size_t largest_ = 0;
  std::size_t oldest_ = 0;
};

}  // namespace boxfeed
