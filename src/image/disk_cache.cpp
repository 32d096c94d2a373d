// The file begins with a `FileHeader`; after it come the records, each a `RecordHeader` and its pixels, filled up to a
// multiple of 64 bytes. Records are only ever appended, by one process at a time, under the file's lock. Nothing is
// believed that its checksum does not confirm: a record that is not whole, or is damaged, is one that is not there.
#include <boxfeed/core/error.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstring>
#include <mutex>
#include <random>
#include <shared_mutex>
#include <string>
#include <system_error>
#include <thread>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/number_text.h"
#include "core/shared_file.h"
#include "image/image_cache.h"

namespace boxfeed {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::array<char, 24> kFileMark{"boxfeed decoded images\n"};
constexpr std::uint32_t kVersion = 1;
constexpr std::uint32_t kByteOrder = 0x01020304;
constexpr std::uint64_t kRecordMark = 0x50495845'4C530A1AULL;
constexpr std::uint64_t kAlignment = 64;
constexpr std::int64_t kLargestSide = 65535;
/// Records that others have taken the place of are left where they are, up to as much as all others or this, whichever
/// is more. Units: bytes.
constexpr std::uint64_t kMostReplaced = std::uint64_t{64} << 20;

/// How long a process waits for one that writes, and how long it lets it be when that was in vain.
constexpr auto kWaitForLock = std::chrono::milliseconds(100);
constexpr auto kWaitAfterLock = std::chrono::seconds(1);

struct FileHeader {
  std::array<char, 24> mark;
  std::uint32_t version;
  std::uint32_t byte_order;
  /// Another number in each file: pixels of a photograph that look like a record are none.
  std::uint64_t salt;
  std::array<std::uint64_t, 2> reserved;
  std::uint64_t checksum;
};
static_assert(sizeof(FileHeader) == kAlignment && std::is_trivially_copyable_v<FileHeader>);

struct RecordHeader {
  std::uint64_t mark;
  CacheKey key;
  FileStamp stamp;
  std::uint32_t displayed_height, displayed_width;
  std::uint32_t rows, columns, channels;
  std::uint32_t reserved;
  std::array<double, 9> to_displayed;
  std::uint64_t view;
  std::uint64_t pixels_checksum;
  std::array<std::uint64_t, 4> reserved_too;
  std::uint64_t checksum;

  std::uint64_t pixel_bytes() const { return std::uint64_t{rows} * columns * channels; }
  std::uint64_t bytes() const {
    return (sizeof(RecordHeader) + pixel_bytes() + kAlignment - 1) / kAlignment * kAlignment;
  }
};
static_assert(sizeof(RecordHeader) % kAlignment == 0 && std::is_trivially_copyable_v<RecordHeader>);

/// Of all that stands before the checksum.
template <typename Header>
std::uint64_t checksum_of(const Header& header, std::uint64_t salt) {
  return XXH3_64bits_withSeed(&header, offsetof(Header, checksum), salt);
}

struct HashOfKey {
  std::size_t operator()(const CacheKey& key) const noexcept { return static_cast<std::size_t>(key.low); }
};

std::string text_of(int error) { return std::generic_category().message(error); }

class DiskCache final : public ImageCache {
 public:
  explicit DiskCache(const CacheOptions& options)
      : room_(options.max_bytes(), [this] { return file_ ? file_->free_bytes().value_or(UINT64_MAX) : 0; }) {
    try {
      file_ = std::make_unique<SharedFile>(options.path());
    } catch (const Error& error) {
      give_up(options.path(), error.what());
      return;
    }
    is_writable_ = file_->is_writable();
    if (!is_writable_) remark_ = "the cache " + quoted(file_->path()) + " may only be read: nothing is added to it";
    if (!begin()) file_.reset();
    if (file_) look_for_records();
  }

  bool find(const CacheKey& key, const FileStamp& stamp, PixelBuffer& buffer, CachedImage& image) override {
    if (!file_) return false;
    if (read(key, stamp, buffer, image)) return true;
    {
      const std::unique_lock<std::shared_mutex> lock(mutex_);
      if (!look_for_records()) return false;
    }
    return read(key, stamp, buffer, image);  // another process may have added it
  }

  void keep(const CacheKey& key, const FileStamp& stamp, const CachedImage& image) override {
    if (!file_ || !is_writable_ || is_too_fresh(stamp)) return;
    const std::vector<char> record = record_of(key, stamp, image);
    const std::lock_guard<std::mutex> writer(writer_mutex_);
    if (!take_lock()) return;
    append(record);
    file_->unlock();
  }

  CacheStats stats() const override {
    const std::shared_lock<std::shared_mutex> lock(mutex_);
    return {records_.size(), end_, 0, 0, damaged_, remark_};
  }

 private:
  struct Place {
    RecordHeader header;
    std::uint64_t offset;
  };

  void give_up(const std::string& path, const std::string& why) {
    remark_ = "without the cache " + quoted(path) + ", so that images are decoded each time: " + why;
  }

  /// Reads the file's header, or writes it into an empty file. False where the file is not to be used.
  bool begin() {
    const auto refuse = [&](const std::string& why) {
      give_up(file_->path(), why);
      return false;
    };
    const auto deadline = Clock::now() + std::chrono::seconds(2);
    while (file_->size().value_or(0) == 0) {
      if (!is_writable_) return refuse("expected a cache, got an empty file that may only be read");
      const auto lock = file_->try_lock();
      if (lock == SharedFile::Lock::kFailed) return refuse("cannot lock it: " + text_of(file_->error()));
      if (lock == SharedFile::Lock::kBusy) {
        if (Clock::now() > deadline) return refuse("another process has locked it, and it is empty");
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        continue;
      }
      const bool is_empty = file_->size().value_or(1) == 0;
      const bool is_written = !is_empty || write_header();
      file_->unlock();
      if (!is_written) return refuse("cannot write it: " + text_of(file_->error()));
    }
    FileHeader header{};
    if (!file_->read_at(0, &header, sizeof header) || header.mark != kFileMark) {
      return refuse("expected a file that a cache of boxfeed has made, got another one, which is left alone");
    }
    if (header.byte_order != kByteOrder) {
      return refuse("expected the byte order of this machine, got the other one; the file is left alone");
    }
    if (header.version != kVersion) {
      return refuse("expected a cache of version " + std::to_string(kVersion) + ", got version " +
                    std::to_string(header.version) + ", which is left alone");
    }
    if (header.checksum != checksum_of(header, 0)) {
      return refuse("its header is damaged (checksum): delete the file");
    }
    salt_ = header.salt;
    end_ = sizeof header;
    return true;
  }

  bool write_header() {
    FileHeader header{};
    header.mark = kFileMark;
    header.version = kVersion;
    header.byte_order = kByteOrder;
    std::random_device device;
    header.salt = std::uint64_t{device()} << 32 | device();
    header.checksum = checksum_of(header, 0);
    if (file_->write_at(0, &header, sizeof header)) return true;
    file_->cut(0);
    return false;
  }

  /// Reads the pixels and compares them with their checksum.
  bool read(const CacheKey& key, const FileStamp& stamp, PixelBuffer& buffer, CachedImage& image) {
    Place place{};
    {
      const std::shared_lock<std::shared_mutex> lock(mutex_);
      const auto found = records_.find(key);
      if (found == records_.end() || found->second.header.stamp != stamp) return false;
      place = found->second;
    }
    const RecordHeader& header = place.header;
    image.pixels = buffer.take({header.rows, header.columns}, static_cast<int>(header.channels));
    const auto count = static_cast<std::size_t>(header.pixel_bytes());
    const bool is_whole = file_->read_at(place.offset + sizeof header, image.pixels.data, count) &&
                          XXH3_64bits_withSeed(image.pixels.data, count, salt_) == header.pixels_checksum;
    if (!is_whole) {
      const std::unique_lock<std::shared_mutex> lock(mutex_);
      const auto found = records_.find(key);
      if (found != records_.end() && found->second.offset == place.offset) {
        live_ -= header.bytes();
        records_.erase(found);
        ++damaged_;
      }
      return false;
    }
    image.displayed = {header.displayed_height, header.displayed_width};
    image.to_displayed = PlaneMap(header.to_displayed);
    image.view = header.view;
    return true;
  }

  std::vector<char> record_of(const CacheKey& key, const FileStamp& stamp, const CachedImage& image) const {
    RecordHeader header{};
    header.mark = kRecordMark;
    header.key = key;
    header.stamp = stamp;
    header.displayed_height = static_cast<std::uint32_t>(image.displayed.height);
    header.displayed_width = static_cast<std::uint32_t>(image.displayed.width);
    header.rows = static_cast<std::uint32_t>(image.pixels.rows);
    header.columns = static_cast<std::uint32_t>(image.pixels.cols);
    header.channels = static_cast<std::uint32_t>(image.pixels.channels());
    header.to_displayed = image.to_displayed.entries();
    header.view = image.view;
    const auto count = static_cast<std::size_t>(header.pixel_bytes());
    header.pixels_checksum = XXH3_64bits_withSeed(image.pixels.data, count, salt_);
    header.checksum = checksum_of(header, salt_);
    std::vector<char> record(static_cast<std::size_t>(header.bytes()));
    std::memcpy(record.data(), &header, sizeof header);
    std::memcpy(record.data() + sizeof header, image.pixels.data, count);
    return record;
  }

  bool is_record(const RecordHeader& header) const {
    const auto is_side = [](std::uint32_t side) { return side > 0 && side <= kLargestSide; };
    return header.mark == kRecordMark && header.checksum == checksum_of(header, salt_) && is_side(header.rows) &&
           is_side(header.columns) && is_side(header.displayed_height) && is_side(header.displayed_width) &&
           (header.channels == 1 || header.channels == 3);
  }

  /// Where the next record at or behind `offset` begins; `size` where there is none.
  std::uint64_t next_record(std::uint64_t offset, std::uint64_t size) const {
    std::vector<char> bytes(std::size_t{1} << 20);
    while (size - offset >= sizeof(RecordHeader)) {
      const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), size - offset));
      if (!file_->read_at(offset, bytes.data(), count)) return size;
      std::size_t at = 0;
      for (; at + sizeof(RecordHeader) <= count; at += kAlignment) {
        RecordHeader header{};
        std::memcpy(&header, bytes.data() + at, sizeof header);
        if (is_record(header)) return offset + at;
      }
      offset += at;
    }
    return size;
  }

  /// Requires: `mutex_`, as for the next.
  void add(const RecordHeader& header, std::uint64_t offset) {
    const auto before = records_.find(header.key);
    if (before != records_.end()) live_ -= before->second.header.bytes();
    live_ += header.bytes();
    records_[header.key] = {header, offset};
  }

  /// Takes in what was added since it last looked; false where nothing was. A record that is not whole is passed over
  /// where others stand behind it, and else is the end. Requires: `mutex_`, or that nobody else knows this yet.
  bool look_for_records(bool even_if_as_large = false) {
    const auto size = file_->size();
    if (!size || (*size == seen_size_ && !even_if_as_large)) return false;
    seen_size_ = *size;
    if (*size < end_) {  // somebody has cut it
      records_.clear();
      live_ = 0;
      end_ = std::min<std::uint64_t>(sizeof(FileHeader), *size);
    }
    const std::size_t before = records_.size();
    while (end_ < *size) {
      RecordHeader header{};
      const bool is_there =
          *size - end_ >= sizeof header && file_->read_at(end_, &header, sizeof header) && is_record(header);
      if (!is_there) {
        const std::uint64_t next = next_record(end_, *size);
        if (next >= *size) break;
        ++damaged_;
        end_ = next;
        continue;
      }
      if (*size - end_ < header.bytes()) break;
      add(header, end_);
      end_ += header.bytes();
    }
    return records_.size() != before || end_ == *size;
  }

  /// The file's lock, waiting a little where another process writes.
  bool take_lock() {
    if (Clock::now() < next_try_) return false;
    const auto deadline = Clock::now() + kWaitForLock;
    for (;;) {
      switch (file_->try_lock()) {
        case SharedFile::Lock::kTaken: return true;
        case SharedFile::Lock::kFailed: {
          const std::unique_lock<std::shared_mutex> lock(mutex_);
          stop("cannot lock it: " + text_of(file_->error()));
          return false;
        }
        case SharedFile::Lock::kBusy: break;
      }
      if (Clock::now() > deadline) break;
      std::this_thread::sleep_for(std::chrono::microseconds(500));
    }
    next_try_ = Clock::now() + kWaitAfterLock;
    return false;
  }

  /// Requires: the file's lock, and `writer_mutex_`.
  void append(const std::vector<char>& record) {
    RecordHeader header{};
    std::memcpy(&header, record.data(), sizeof header);
    std::unique_lock<std::shared_mutex> lock(mutex_);
    look_for_records(seen_size_ != end_);  // what was not whole then may be by now, when nobody writes
    const auto found = records_.find(header.key);
    if (found != records_.end()) {
      const auto& other = found->second.header;
      if (other.stamp == header.stamp && other.view == header.view) return;
      const std::uint64_t replaced = end_ - sizeof(FileHeader) - live_;
      if (replaced > std::max(live_, kMostReplaced)) {
        remark_ = "most of the cache " + quoted(file_->path()) +
                  " is of images that were changed: delete it, so that they are kept as they are now";
        return;
      }
    }
    if (end_ < sizeof(FileHeader)) return stop("somebody has cut it to " + std::to_string(end_) + " bytes");
    if (!room_.allows(end_, record.size())) {
      return stop("it is full with " + std::to_string(records_.size()) + " images in " + bytes_text(end_));
    }
    // What stands behind the last record is of a process that did not come to its end.
    const bool is_clean = seen_size_ == end_ || file_->cut(end_);
    const std::uint64_t at = end_;
    lock.unlock();  // others may read meanwhile
    const bool is_written = is_clean && file_->write_at(at, record.data(), record.size());
    lock.lock();
    if (!is_written) {
      const std::string why = text_of(file_->error());
      file_->cut(at);
      return stop("cannot write it: " + why);
    }
    add(header, at);
    end_ = seen_size_ = at + record.size();
  }

  void stop(const std::string& why) {
    is_writable_ = false;
    remark_ = "nothing is added to the cache " + quoted(file_->path()) + " any more: " + why;
  }

  std::unique_ptr<SharedFile> file_;
  std::uint64_t salt_ = 0;
  std::atomic<bool> is_writable_{false};

  std::mutex writer_mutex_;  ///< taken before `mutex_`
  CacheRoom room_;           // guarded by writer_mutex_, as is the next
  Clock::time_point next_try_{};

  mutable std::shared_mutex mutex_;
  std::unordered_map<CacheKey, Place, HashOfKey> records_;  // guarded by mutex_, as all below
  std::uint64_t live_ = 0;                                  ///< bytes of all records
  std::uint64_t end_ = 0;                                   ///< of the last record
  std::uint64_t seen_size_ = 0;                             ///< of the file, when it was last looked through
  std::uint64_t damaged_ = 0;
  std::string remark_;
};

}  // namespace

std::unique_ptr<ImageCache> make_disk_cache(const CacheOptions& options) {
  return std::make_unique<DiskCache>(options);
}

}  // namespace boxfeed
