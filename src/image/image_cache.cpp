#include "image/image_cache.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <utility>

#include "core/available_memory.h"
#include "core/number_text.h"

namespace boxfeed {
namespace {

/// How much a cache grows before it looks again at what is free.
constexpr std::uint64_t kLookEvery = std::uint64_t{16} << 20;

/// Two changes of a file that are nearer to each other than this may have the same time. Units: nanoseconds.
constexpr std::int64_t kFreshFor = 2'000'000'000;

class MemoryCache final : public ImageCache {
 public:
  explicit MemoryCache(const CacheOptions& options) : room_(options.max_bytes(), [] { return available_memory(); }) {}

  bool find(const CacheKey& key, const FileStamp& stamp, PixelBuffer&, CachedImage& image) override {
    const Shard& shard = shard_of(key);
    const std::shared_lock<std::shared_mutex> lock(shard.mutex);
    const auto found = shard.records.find(key.high);
    if (found == shard.records.end() || !(found->second.key == key) || found->second.stamp != stamp) return false;
    image = found->second.image;
    return true;
  }

  void keep(const CacheKey& key, const FileStamp& stamp, const CachedImage& image) override {
    if (is_too_fresh(stamp)) return;
    Record record{key, stamp, image};
    if (!take_room(bytes_of(record))) return;
    record.image.pixels = image.pixels.clone();
    Shard& shard = shard_of(key);
    const std::unique_lock<std::shared_mutex> lock(shard.mutex);
    std::swap(shard.records[key.high], record);
    if (record.image.pixels.empty()) return;
    const std::lock_guard<std::mutex> room_lock(mutex_);
    bytes_ -= bytes_of(record);
    --images_;
  }

  CacheStats stats() const override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return {images_, bytes_, 0, 0, 0, remark_};
  }

 private:
  struct Record {
    CacheKey key;
    FileStamp stamp;
    CachedImage image;
  };
  struct Shard {
    mutable std::shared_mutex mutex;
    std::unordered_map<std::uint64_t, Record> records;  // guarded by mutex
  };

  static std::uint64_t bytes_of(const Record& record) {
    return record.image.pixels.total() * record.image.pixels.elemSize() + sizeof(Record);
  }

  bool take_room(std::uint64_t bytes) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!room_.allows(bytes_, bytes)) {
      if (remark_.empty()) {
        remark_ = "the cache of decoded images is full with " + std::to_string(images_) + " images in " +
                  bytes_text(bytes_) + " of memory: the others are decoded each time";
      }
      return false;
    }
    bytes_ += bytes;
    ++images_;
    return true;
  }

  Shard& shard_of(const CacheKey& key) { return shards_[key.low % shards_.size()]; }

  std::array<Shard, 64> shards_;
  mutable std::mutex mutex_;
  CacheRoom room_;  // guarded by mutex_, as all below
  std::uint64_t bytes_ = 0;
  std::uint64_t images_ = 0;
  std::string remark_;
};

}  // namespace

bool CacheRoom::allows(std::uint64_t held, std::uint64_t more) {
  if (limit_) return more <= *limit_ && held <= *limit_ - more;
  if (held + more <= next_look_) return true;
  const std::uint64_t free = free_bytes_();
  if (held + more > free) return false;
  next_look_ = held + more + std::min(kLookEvery, (free - held - more) / 2);
  return true;
}

bool is_too_fresh(const FileStamp& stamp) {
  using namespace std::chrono;
  const std::int64_t now = duration_cast<nanoseconds>(system_clock::now().time_since_epoch()).count();
  return stamp.modified_ns > now - kFreshFor && stamp.modified_ns < now + kFreshFor;
}

std::unique_ptr<ImageCache> make_image_cache(const CacheOptions& options) {
  if (!options.path().empty()) return make_disk_cache(options);
  return std::make_unique<MemoryCache>(options);
}

}  // namespace boxfeed
