#include "check/image_scan.h"

#include <boxfeed/core/file.h>
#include <boxfeed/image/image_decoder.h>
#include <xxhash.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>

namespace localization {
namespace {

using boxfeed::Error;
using boxfeed::Reason;

constexpr std::uint64_t kMaxBytes = std::uint64_t{256} << 20;

/// What `ImageError` puts in front of its message where it is given no path.
constexpr std::string_view kNoPath = "image \"\": ";

std::string message_of(const Error& error) {
  const std::string text = error.what();
  return text.compare(0, kNoPath.size(), kNoPath) == 0 ? text.substr(kNoPath.size()) : text;
}

/// Looks at one image after another.
class ImageLook {
 public:
  ImageLook(const boxfeed::Folder& folder, ScanDepth depth) : folder_(folder), depth_(depth) {}

  ScannedImage look(std::string_view name) {
    ScannedImage image;
    try {
      folder_.read(name, bytes_, kMaxBytes);
      const auto hash = XXH3_128bits(bytes_.data(), bytes_.size());
      image.content = {{hash.low64, hash.high64}};
      image.header = boxfeed::read_image_header(bytes_, decoder_.options());
      image.wrong_extension = !boxfeed::extension_agrees(std::string(name), image.header->format);
      if (depth_ != ScanDepth::kHeader && !boxfeed::has_image_end(bytes_, *image.header)) {
        image.reason = Reason::kTruncated;
        image.text = "expected the file to go on to the end of its image data, got " + std::to_string(bytes_.size()) +
                     " bytes, which end before";
      } else if (depth_ == ScanDepth::kDecode) {
        decoder_.decode_stored(bytes_, {1, 1}, {}, *image.header);
      }
    } catch (const Error& error) {
      image.reason = error.reason();
      image.text = message_of(error);
    }
    return image;
  }

 private:
  const boxfeed::Folder& folder_;
  ScanDepth depth_;
  boxfeed::ImageDecoder decoder_;
  std::vector<std::uint8_t> bytes_;
};

}  // namespace

std::vector<ScannedImage> scan_images(const boxfeed::AnnotationTable& table, const std::string& folder, ScanDepth depth,
                                      std::size_t threads, const std::function<void(std::size_t)>& progress) {
  const boxfeed::Folder images(folder);
  std::vector<ScannedImage> scanned(table.size());
  std::atomic<std::size_t> next{0}, done{0};
  std::exception_ptr failure;  // guarded by mutex
  std::mutex mutex;
  const auto work = [&](bool tells) {
    try {
      ImageLook look(images, depth);
      for (std::size_t i = next++; i < scanned.size(); i = next++) {
        scanned[i] = look.look(table.name(i));
        const std::size_t count = ++done;
        if (tells) progress(count);
      }
    } catch (...) {
      const std::lock_guard<std::mutex> lock(mutex);
      failure = std::current_exception();
      next = scanned.size();
    }
  };
  std::vector<std::thread> others;
  for (std::size_t i = 1; i < std::min(threads, scanned.size()); ++i) {
    try {
      others.emplace_back(work, false);
    } catch (const std::system_error&) {  // no more threads to be had: fewer do it too
      break;
    }
  }
  work(true);
  for (auto& thread : others) thread.join();
  if (failure) std::rethrow_exception(failure);
  return scanned;
}

}  // namespace localization
