#pragma once

#include <boxfeed/core/file.h>
#include <boxfeed/core/image_size.h>
#include <boxfeed/core/plane_map.h>
#include <boxfeed/image/cache_options.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <utility>

#include "image/pixel_buffer.h"

namespace boxfeed {

/// Names an image and how it was decoded: a hash of both.
struct CacheKey {
  std::uint64_t low = 0;
  std::uint64_t high = 0;

  bool operator==(const CacheKey& other) const noexcept { return low == other.low && high == other.high; }
};

/// What is kept of an image.
struct CachedImage {
  /// 8 bits, without gaps between the rows. They are everybody's: not to be changed.
  cv::Mat pixels;
  /// The whole image as it is displayed.
  ImageSize displayed;
  /// From coordinates of `pixels` to those of the displayed image.
  PlaneMap to_displayed;
  /// Names what the pixels show, where they are no longer the whole image; else 0.
  std::uint64_t view = 0;
};

/// Keeps decoded images. A record counts for the file with its stamp only: one that was changed is not found.
///
/// A cache that fails is one that does not have the image: nothing is thrown but for want of memory.
/// Thread safety: any number of threads.
class ImageCache {
 public:
  virtual ~ImageCache() = default;

  /// Fills `image`, whose pixels may lie in `buffer`; false where it has no such image.
  virtual bool find(const CacheKey& key, const FileStamp& stamp, PixelBuffer& buffer, CachedImage& image) = 0;
  /// Keeps a copy in the place of what it has of that key, as long as there is room. Requires: the file was read after
  /// it had this stamp.
  virtual void keep(const CacheKey& key, const FileStamp& stamp, const CachedImage& image) = 0;
  /// `served` and `decoded` are for others to count.
  virtual CacheStats stats() const = 0;
};

/// What the cache that is `bytes` large may grow to: its own limit, or until it is as large as what is free.
class CacheRoom {
 public:
  /// Without a limit, `free_bytes` is asked each time that it has grown a little.
  CacheRoom(std::optional<std::uint64_t> limit, std::function<std::uint64_t()> free_bytes)
      : limit_(limit), free_bytes_(std::move(free_bytes)) {}

  /// Whether a cache of `held` bytes may take `more`. Thread safety: one at a time.
  bool allows(std::uint64_t held, std::uint64_t more);

 private:
  std::optional<std::uint64_t> limit_;
  std::function<std::uint64_t()> free_bytes_;
  std::uint64_t next_look_ = 0;  ///< how large it is when free bytes are asked for again
};

/// True for a file that was changed so short a time ago that a further change might leave its stamp as it is.
bool is_too_fresh(const FileStamp& stamp);

std::unique_ptr<ImageCache> make_disk_cache(const CacheOptions& options);
std::unique_ptr<ImageCache> make_image_cache(const CacheOptions& options);

}  // namespace boxfeed
