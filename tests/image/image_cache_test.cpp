#include "image/image_cache.h"

#include <boxfeed/core/error.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <opencv2/core.hpp>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/file_support.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

using namespace boxfeed;
using boxfeed::testing::bytes_of;
using boxfeed::testing::FailingCalls;
using boxfeed::testing::TemporaryFolder;
using Catch::Matchers::ContainsSubstring;

namespace {

constexpr int kRows = 20, kColumns = 30;
/// A header of 192 bytes and 1800 of pixels, filled up to a multiple of 64.
constexpr std::uint64_t kRecord = 2048;
const FileStamp kStamp{1234, 1'600'000'000'000'000'000};

CacheKey key_of(std::uint64_t i) { return {i * 0x9E3779B97F4A7C15ULL, i}; }

/// Image number `i`, whose every byte is known.
CachedImage image_of(std::uint64_t i, int rows = kRows) {
  CachedImage image;
  image.pixels = cv::Mat(rows, kColumns, CV_8UC3);
  for (std::size_t k = 0; k < image.pixels.total() * 3; ++k) {
    image.pixels.data[k] = static_cast<std::uint8_t>(7 * k + k / 90 + 31 * i);
  }
  image.displayed = {480 + static_cast<std::int64_t>(i % 7), 640};
  image.to_displayed = PlaneMap::scale(2.5, 3.5 + static_cast<double>(i));
  image.view = i % 3;
  return image;
}

bool is_same(const CachedImage& a, const CachedImage& b) {
  return a.displayed == b.displayed && a.view == b.view && a.to_displayed.entries() == b.to_displayed.entries() &&
         a.pixels.size() == b.pixels.size() && a.pixels.type() == b.pixels.type() &&
         std::memcmp(a.pixels.data, b.pixels.data, a.pixels.total() * a.pixels.elemSize()) == 0;
}

enum class Found { kRight, kWrong, kNone };

Found look_up(ImageCache& cache, std::uint64_t i, const FileStamp& stamp = kStamp) {
  PixelBuffer buffer;
  CachedImage image;
  if (!cache.find(key_of(i), stamp, buffer, image)) return Found::kNone;
  return is_same(image, image_of(i)) ? Found::kRight : Found::kWrong;
}

bool has(ImageCache& cache, std::uint64_t i) { return look_up(cache, i) == Found::kRight; }

void keep(ImageCache& cache, std::uint64_t i) { cache.keep(key_of(i), kStamp, image_of(i)); }

/// The images below `count` that are there; none may be wrong.
std::size_t right_of(ImageCache& cache, std::uint64_t count) {
  std::size_t right = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const Found found = look_up(cache, i);
    REQUIRE(found != Found::kWrong);
    right += found == Found::kRight ? 1 : 0;
  }
  return right;
}

void flip(const std::string& path, std::uint64_t byte, int bit) {
  std::string bytes = bytes_of(path);
  bytes.at(byte) = static_cast<char>(bytes.at(byte) ^ (1 << bit));
  std::ofstream(path, std::ios::binary) << bytes;
}

/// A cache file, and caches on it.
struct DiskCase {
  TemporaryFolder folder;
  std::string path = folder / "images.pixels";

  std::unique_ptr<ImageCache> open() const { return make_image_cache(CacheOptions().path(path)); }
  void fill(std::uint64_t count) const {
    const auto cache = open();
    for (std::uint64_t i = 0; i < count; ++i) keep(*cache, i);
    REQUIRE(cache->stats().images == count);
    REQUIRE(cache->stats().remark.empty());
  }
};

}  // namespace

TEST_CASE("an image that was kept is found, as it was, for its file and its stamp only") {
  const DiskCase disk;
  const auto cache = GENERATE(false, true) ? disk.open() : make_image_cache(CacheOptions());
  CHECK(look_up(*cache, 1) == Found::kNone);
  for (std::uint64_t i = 0; i < 5; ++i) keep(*cache, i);
  CHECK(right_of(*cache, 5) == 5);
  CHECK(look_up(*cache, 5) == Found::kNone);
  CHECK(look_up(*cache, 1, {kStamp.size + 1, kStamp.modified_ns}) == Found::kNone);
  CHECK(look_up(*cache, 1, {kStamp.size, kStamp.modified_ns + 1}) == Found::kNone);
  const CacheStats stats = cache->stats();
  CHECK(stats.images == 5);
  CHECK(stats.bytes >= 5 * kRows * kColumns * 3);
  CHECK(stats.bytes <= 5 * (kRows * kColumns * 3 + 512));
  CHECK(stats.remark.empty());
}

TEST_CASE("what is kept is a copy, and an image kept again takes the place of the first") {
  const DiskCase disk;
  const auto cache = GENERATE(false, true) ? disk.open() : make_image_cache(CacheOptions());
  CachedImage image = image_of(0);
  cache->keep(key_of(0), kStamp, image);
  image.pixels.setTo(cv::Scalar::all(9));
  CHECK(has(*cache, 0));
  const FileStamp later{kStamp.size, kStamp.modified_ns + 1};
  cache->keep(key_of(0), later, image);
  CHECK(look_up(*cache, 0) == Found::kNone);
  CHECK(look_up(*cache, 0, later) == Found::kWrong);
  image.view = 99;
  cache->keep(key_of(0), later, image);
  PixelBuffer buffer;
  CachedImage found;
  REQUIRE(cache->find(key_of(0), later, buffer, found));
  CHECK(found.view == 99);
  CHECK(cache->stats().images == 1);
}

TEST_CASE("a file that was changed a moment ago is not kept, since its next change might have the same time") {
  const DiskCase disk;
  const auto cache = GENERATE(false, true) ? disk.open() : make_image_cache(CacheOptions());
  using namespace std::chrono;
  const auto now = duration_cast<nanoseconds>(system_clock::now().time_since_epoch()).count();
  cache->keep(key_of(0), {1234, now - 1'000'000'000}, image_of(0));
  cache->keep(key_of(1), {1234, now - 60'000'000'000}, image_of(1));
  cache->keep(key_of(2), {1234, now + 60'000'000'000}, image_of(2));
  CHECK(cache->stats().images == 2);
}

TEST_CASE("a cache stops at its limit, says so once, and goes on serving") {
  const DiskCase disk;
  const bool on_disk = GENERATE(false, true);
  const auto cache = make_image_cache(CacheOptions().path(on_disk ? disk.path : "").max_bytes(10'000));
  for (std::uint64_t i = 0; i < 100; ++i) keep(*cache, i);
  const CacheStats stats = cache->stats();
  CHECK(stats.images >= 4);
  CHECK(stats.images <= 5);
  CHECK(stats.bytes <= 10'000);
  CHECK_THAT(stats.remark, ContainsSubstring("full with " + std::to_string(stats.images) + " images in 10 kB") ||
                               ContainsSubstring("full with " + std::to_string(stats.images) + " images in 8 kB") ||
                               ContainsSubstring("full with " + std::to_string(stats.images) + " images in 9 kB"));
  CHECK(right_of(*cache, 100) == stats.images);
  if (on_disk) CHECK(std::filesystem::file_size(disk.path) <= 10'000);
}

TEST_CASE("without a limit a cache grows until it is as large as what is free") {
  std::uint64_t free = 1000;
  int looks = 0;
  CacheRoom room(std::nullopt, [&] { return ++looks, free; });
  CHECK(room.allows(0, 400));
  CHECK(room.allows(400, 200));
  free = 300;  // others took it
  CHECK(room.allows(600, 50));
  CHECK_FALSE(room.allows(650, 200));
  CHECK(looks == 2);
  free = 1'000'000'000;
  CHECK(room.allows(650, 200));
  CHECK(room.allows(850, 10'000'000));
  CHECK(looks == 3);
  const auto thousand = [] { return std::uint64_t{1000}; };
  CHECK(CacheRoom(std::nullopt, thousand).allows(400, 600));
  CHECK_FALSE(CacheRoom(std::nullopt, thousand).allows(400, 601));
}

TEST_CASE("images that change again and again do not let a file grow without end") {
  const DiskCase disk;
  const auto cache = disk.open();
  keep(*cache, 1);
  const CachedImage large = image_of(0, 46'601);
  constexpr std::uint64_t kLarge = 4 << 20;  // of its record
  for (std::int64_t k = 0; k < 40; ++k) cache->keep(key_of(0), {kStamp.size, kStamp.modified_ns + k}, large);
  // 64 MB may be replaced: 16 of them, by the 17th and, since no more than that are replaced then, by the 18th.
  CHECK(std::filesystem::file_size(disk.path) == 64 + kRecord + 18 * kLarge);
  CHECK_THAT(cache->stats().remark, ContainsSubstring("most of the cache") && ContainsSubstring("delete it"));
  keep(*cache, 2);
  CHECK(has(*cache, 1));
  CHECK(has(*cache, 2));
}

TEST_CASE("a disk cache is there in the next process, and in one that has it open already") {
  const DiskCase disk;
  const auto other = disk.open();
  disk.fill(5);
  CHECK(right_of(*other, 10) == 5);
  keep(*other, 7);
  CHECK(right_of(*disk.open(), 10) == 6);
}

TEST_CASE("one flipped bit anywhere is never delivered, and the image is kept anew") {
  const DiskCase disk;
  disk.fill(3);
  const std::string good = bytes_of(disk.path);
  REQUIRE(good.size() == 64 + 3 * kRecord);
  std::uint64_t state = 1;
  for (std::uint64_t byte = 64; byte < good.size(); byte += 1 + state % 13) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    CAPTURE(byte);
    std::ofstream(disk.path, std::ios::binary) << good;
    flip(disk.path, byte, static_cast<int>(state >> 61));
    {
      const auto cache = disk.open();
      const bool is_filler = (byte - 64) % kRecord >= 192 + kRows * kColumns * 3;
      REQUIRE(right_of(*cache, 3) == (is_filler ? 3 : 2));
      for (std::uint64_t i = 0; i < 3; ++i) keep(*cache, i);
      REQUIRE(right_of(*cache, 3) == 3);
    }
    REQUIRE(right_of(*disk.open(), 3) == 3);
  }
}

TEST_CASE("a damaged record is counted, and found by each process that meets it") {
  const DiskCase disk;
  disk.fill(3);
  const auto one = disk.open(), other = disk.open();
  flip(disk.path, 64 + kRecord + 500, 3);
  CHECK(right_of(*one, 3) == 2);
  CHECK(one->stats().damaged == 1);
  keep(*one, 1);
  CHECK(right_of(*one, 3) == 3);
  const auto size = std::filesystem::file_size(disk.path);
  CHECK(right_of(*other, 3) == 3);  // it has met the damage, and found what the first has kept since
  CHECK(other->stats().damaged == 1);
  keep(*other, 1);
  CHECK(std::filesystem::file_size(disk.path) == size);
}

TEST_CASE("a file that ends anywhere has the records before, and is filled up again") {
  const DiskCase disk;
  disk.fill(3);
  const std::string good = bytes_of(disk.path);
  for (std::size_t size = 64; size < good.size(); size += 37) {
    CAPTURE(size);
    std::ofstream(disk.path, std::ios::binary) << good.substr(0, size);
    const auto cache = disk.open();
    REQUIRE(right_of(*cache, 3) == (size - 64) / kRecord);
    for (std::uint64_t i = 0; i < 3; ++i) keep(*cache, i);
    REQUIRE(right_of(*cache, 3) == 3);
    REQUIRE(right_of(*disk.open(), 3) == 3);
    REQUIRE(bytes_of(disk.path).size() == good.size());
  }
}

TEST_CASE("what another process has left half written is taken away by the next one that writes") {
  const DiskCase disk;
  const auto cache = disk.open();
  keep(*cache, 0);
  std::ofstream(disk.path, std::ios::binary | std::ios::app) << std::string(3 * kRecord, 'x');
  CHECK(right_of(*cache, 2) == 1);
  keep(*cache, 1);
  CHECK(right_of(*cache, 2) == 2);
  CHECK(std::filesystem::file_size(disk.path) == 64 + 2 * kRecord);
}

TEST_CASE("a record that says that its image has no height is none") {
  const DiskCase disk;
  {
    const auto cache = disk.open();
    CachedImage image = image_of(0);
    image.displayed.height = 0;
    cache->keep(key_of(0), kStamp, image);
    keep(*cache, 1);
  }
  const auto cache = disk.open();
  CHECK(look_up(*cache, 0) == Found::kNone);
  CHECK(has(*cache, 1));
  CHECK(cache->stats().images == 1);
}

TEST_CASE("a file that somebody cuts while it is used") {
  const DiskCase disk;
  disk.fill(5);
  const auto cache = disk.open();
  CHECK(right_of(*cache, 5) == 5);
  const std::uint64_t size = GENERATE(0, 10, 64, 1000, 64 + kRecord, 64 + 4 * kRecord + 7);
  CAPTURE(size);
  std::filesystem::resize_file(disk.path, size);
  if (GENERATE(true, false)) CHECK(right_of(*cache, 5) == (size < 64 ? 0 : (size - 64) / kRecord));
  for (std::uint64_t i = 0; i < 5; ++i) keep(*cache, i);
  if (size >= 64) {
    CHECK(right_of(*cache, 5) == 5);
    CHECK(right_of(*disk.open(), 5) == 5);
  } else {
    CHECK(right_of(*cache, 5) == 0);
    CHECK_THAT(cache->stats().remark, ContainsSubstring("somebody has cut it"));
    CHECK(bytes_of(disk.path).size() == size);
  }
}

TEST_CASE("a file that is not a cache of this kind is left alone, and the remark says what it is") {
  const DiskCase disk;
  disk.fill(1);
  const std::string good = bytes_of(disk.path);
  const auto remark_of = [&](const std::string& bytes) {
    std::ofstream(disk.path, std::ios::binary) << bytes;
    const auto cache = disk.open();
    keep(*cache, 0);
    keep(*cache, 1);
    CHECK(right_of(*cache, 2) == 0);
    CHECK(bytes_of(disk.path) == bytes);
    return cache->stats().remark;
  };
  CHECK_THAT(remark_of("image,x,y,h,w\n" + std::string(100, 'x')), ContainsSubstring("images.pixels") &&
                                                                       ContainsSubstring("got another one") &&
                                                                       ContainsSubstring("decoded each time"));
  CHECK_THAT(remark_of("short"), ContainsSubstring("got another one"));
  std::string other = good;
  other[24] = 2;
  CHECK_THAT(remark_of(other), ContainsSubstring("expected a cache of version 1, got version 2"));
  other = good;
  std::swap(other[28], other[31]);
  std::swap(other[29], other[30]);
  CHECK_THAT(remark_of(other), ContainsSubstring("byte order"));
  other = good;
  other[33] ^= 4;  // the salt
  CHECK_THAT(remark_of(other), ContainsSubstring("its header is damaged (checksum)"));
}

TEST_CASE("where a cache cannot be made there is none, and one remark") {
  const DiskCase disk;
  const auto remark_at = [&](const std::string& path) {
    const auto cache = make_image_cache(CacheOptions().path(path));
    keep(*cache, 0);
    CHECK(look_up(*cache, 0) == Found::kNone);
    return cache->stats().remark;
  };
  CHECK_THAT(remark_at(disk.folder / "nowhere/images.pixels"),
             ContainsSubstring("without the cache") && ContainsSubstring("No such file or directory"));
  CHECK_THAT(remark_at(disk.folder.path().string()), ContainsSubstring("Is a directory"));
  {
    const FailingCalls calls(1, EACCES, 2);
    CHECK_THAT(remark_at(disk.path), ContainsSubstring("Permission denied"));
  }
  CHECK_FALSE(std::filesystem::exists(disk.path));
  {
    const FailingCalls calls(4, ENOLCK);  // opened, and found to be a file and an empty one
    CHECK_THAT(remark_at(disk.path), ContainsSubstring("without the cache") && ContainsSubstring("cannot lock it"));
  }
  CHECK(std::filesystem::file_size(disk.path) == 0);
  {
    const FailingCalls calls(1, EROFS);
    CHECK_THAT(remark_at(disk.path), ContainsSubstring("got an empty file that may only be read"));
  }
  CHECK(std::filesystem::file_size(disk.path) == 0);
}

TEST_CASE("a cache that may only be read is read") {
  const DiskCase disk;
  disk.fill(3);
  const auto size = std::filesystem::file_size(disk.path);
  const FailingCalls calls(1, EROFS);
  const auto cache = disk.open();
  CHECK(right_of(*cache, 3) == 3);
  keep(*cache, 3);
  CHECK(look_up(*cache, 3) == Found::kNone);
  CHECK_THAT(cache->stats().remark, ContainsSubstring("may only be read"));
  CHECK(std::filesystem::file_size(disk.path) == size);
}

TEST_CASE("whichever system call fails, in whatever way, nothing wrong is found and nothing half is left") {
  const int error = GENERATE(0, ENOSPC, EIO, EDQUOT, ENOLCK, EINTR);
  const int failures = error == EINTR ? 1 : GENERATE(1, 3);
  CAPTURE(error, failures);
  for (int n = 1;; ++n) {
    CAPTURE(n);
    const DiskCase disk;
    bool was_called = false;
    {
      const FailingCalls calls(n, error, failures);
      const auto cache = disk.open();
      for (std::uint64_t i = 0; i < 3; ++i) keep(*cache, i);
      const std::size_t right = right_of(*cache, 3);
      was_called = FailingCalls::failed();
      if (!was_called || error == EINTR || error == 0) CHECK(right == 3);
    }
    const auto again = disk.open();
    right_of(*again, 3);
    for (std::uint64_t i = 0; i < 3; ++i) keep(*again, i);
    REQUIRE(right_of(*again, 3) == 3);
    if (!was_called) break;
  }
}

TEST_CASE("a full disk ends the filling, and what was written halfway is taken back") {
  const DiskCase disk;
  const auto cache = disk.open();
  keep(*cache, 0);
  keep(*cache, 1);
  const auto size = std::filesystem::file_size(disk.path);
  {
    const FailingCalls calls(4, ENOSPC, 1);  // the lock, the size, the free space is not counted, the record
    for (int i = 2; !FailingCalls::failed(); ++i) {
      REQUIRE(i < 10);
      keep(*cache, 2);
    }
  }
  CHECK(right_of(*cache, 2) == 2);
  CHECK(std::filesystem::file_size(disk.path) % 64 == 0);
  CHECK(std::filesystem::file_size(disk.path) <= size + kRecord);
}

TEST_CASE("a process that holds the lock for ever delays nobody for long") {
  const DiskCase disk;
  disk.fill(1);
  const auto cache = disk.open();
  const int descriptor = ::open(disk.path.c_str(), O_RDWR | O_CLOEXEC);
  REQUIRE(::flock(descriptor, LOCK_EX) == 0);
  for (std::uint64_t i = 1; i < 100; ++i) keep(*cache, i);  // ten seconds, if each of them waited
  CHECK(cache->stats().images == 1);
  CHECK(has(*cache, 0));
  ::close(descriptor);
  CHECK(cache->stats().remark.empty());
}

TEST_CASE("threads that fill and read one cache") {
  const DiskCase disk;
  const auto cache = GENERATE(false, true) ? disk.open() : make_image_cache(CacheOptions());
  constexpr std::uint64_t kImages = 40;
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (std::uint64_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (std::uint64_t k = 0; k < 3 * kImages; ++k) {
        const std::uint64_t i = (k * 7 + t * 11) % kImages;
        const Found found = look_up(*cache, i);
        if (found == Found::kWrong) ++wrong;
        if (found == Found::kNone) keep(*cache, i);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(wrong == 0);
  CHECK(right_of(*cache, kImages) == kImages);
  CHECK(cache->stats().damaged == 0);
}

TEST_CASE("processes that fill one file and are killed at any moment") {
  // By default few of them; BOXFEED_KILLS says how many.
  const char* const asked = std::getenv("BOXFEED_KILLS");
  const int kills = asked != nullptr ? std::atoi(asked) : 10;
  const DiskCase disk;
  constexpr std::uint64_t kImages = 60;
  const auto fill = [&](std::uint64_t step) {
    const auto cache = disk.open();
    for (std::uint64_t k = 0;; ++k) {
      const std::uint64_t i = (k * step) % kImages;
      const Found found = look_up(*cache, i);
      if (found == Found::kWrong) ::_exit(3);
      if (found == Found::kNone) keep(*cache, i);
      // So that there is always something to write.
      if (k % kImages == kImages - 1)
        cache->keep(key_of(k % 5), {kStamp.size, static_cast<std::int64_t>(k)}, image_of(k % 5));
    }
  };
  std::uint64_t state = 7;
  for (int kill = 0; kill < kills; ++kill) {
    std::vector<pid_t> children;
    for (const std::uint64_t step : {7, 11}) {
      const pid_t child = ::fork();
      REQUIRE(child >= 0);
      if (child == 0) {
        fill(step);
        ::_exit(0);
      }
      children.push_back(child);
    }
    for (const pid_t child : children) {
      state = state * 6364136223846793005ULL + 1442695040888963407ULL;
      std::this_thread::sleep_for(std::chrono::microseconds((state >> 33) % 8000));
      ::kill(child, SIGKILL);
      int status = 0;
      REQUIRE(::waitpid(child, &status, 0) == child);
      REQUIRE(WIFSIGNALED(status));  // and not because it found something wrong
    }
    const auto cache = disk.open();
    right_of(*cache, kImages);
    CHECK(cache->stats().damaged == 0);
    if (std::filesystem::file_size(disk.path) > (std::uint64_t{1} << 24)) std::filesystem::remove(disk.path);
  }
  const auto cache = disk.open();
  for (std::uint64_t i = 0; i < kImages; ++i) {
    if (!has(*cache, i)) keep(*cache, i);
  }
  CHECK(right_of(*cache, kImages) == kImages);
}
