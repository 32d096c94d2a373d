#include "data/image_scan.h"

#include <xxhash.h>

#include <memory>

#include "data/in_parallel.h"

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

}  // namespace

ScannedImage ImageScanner::look(std::string_view name) {
  ScannedImage image;
  try {
    folder_.read(name, bytes_, kMaxBytes);
    const auto hash = XXH3_128bits(bytes_.data(), bytes_.size());
    image.content = {{hash.low64, hash.high64}};
    image.header = boxfeed::read_image_header(bytes_, decoder_.options());
    image.wrong_extension = !boxfeed::extension_agrees(std::string(name), image.header->format);
    if (depth_ != ScanDepth::kHeader) image.end = boxfeed::image_end(bytes_, *image.header);
    if (image.end == boxfeed::ImageEnd::kMissing) {
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

std::vector<ScannedImage> scan_images(const boxfeed::AnnotationTable& table, const std::string& folder,
                                      const ScanOptions& options, const std::function<void(std::size_t)>& progress) {
  const boxfeed::Folder images(folder, options.follow_links);
  std::vector<ScannedImage> scanned(table.size());
  const auto make_work = [&]() -> Work {
    return [&, scanner = std::make_shared<ImageScanner>(images, options)](std::size_t i) {
      scanned[i] = scanner->look(table.name(i));
    };
  };
  in_parallel(scanned.size(), options.threads, make_work, progress);
  return scanned;
}

}  // namespace localization
