#pragma once

#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/core/error.h>
#include <boxfeed/core/file.h>
#include <boxfeed/image/image_decoder.h>
#include <boxfeed/image/image_header.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace localization {

/// How closely image files are looked at. Each is read whole in any case.
enum class ScanDepth {
  kHeader,  ///< format, size, orientation
  kEnd,     ///< and whether the file goes on to its end
  kDecode,  ///< and whether all pixels can be decoded
};

/// What was seen of an image file.
struct ScannedImage {
  /// None where it could not be read.
  std::optional<boxfeed::ImageHeader> header;
  bool wrong_extension = false;
  boxfeed::ImageEnd end = boxfeed::ImageEnd::kThere;  ///< as far as it was looked for
  /// 128 bits that tell the file's content from others'; none where it could not be read.
  std::optional<std::array<std::uint64_t, 2>> content;
  /// What is wrong with the file.
  std::optional<boxfeed::Reason> reason;
  std::string text;

  /// As the image is displayed; height 0 where it is not known.
  boxfeed::ImageSize size() const { return header ? header->displayed() : boxfeed::ImageSize{}; }
};

/// How images are looked at.
struct ScanOptions {
  ScanDepth depth = ScanDepth::kEnd;
  boxfeed::DecodeOptions decode;
  bool follow_links = false;  ///< to images outside of their folder
  std::size_t threads = 1;
};

/// Looks at one image after another.
class ImageScanner {
 public:
  ImageScanner(const boxfeed::Folder& folder, const ScanOptions& options)
      : folder_(folder), depth_(options.depth), decoder_(options.decode) {}

  ScannedImage look(std::string_view name);

 private:
  const boxfeed::Folder& folder_;
  ScanDepth depth_;
  boxfeed::ImageDecoder decoder_;
  std::vector<std::uint8_t> bytes_;
};

/// Looks at the image of each record of the table. `progress` is told in the caller's thread how many are done.
std::vector<ScannedImage> scan_images(const boxfeed::AnnotationTable& table, const std::string& folder,
                                      const ScanOptions& options, const std::function<void(std::size_t)>& progress);

}  // namespace localization
