#include <boxfeed/core/error.h>
#include <boxfeed/image/image_header.h>

#include <algorithm>
#include <stdexcept>

#include "image/codec.h"

namespace boxfeed {
namespace {

const Codec& allowed_codec(const ImageSource& source, const DecodeOptions& options) {
  const std::string allowed = options.allow_tiff() ? "JPEG, PNG, BMP, WebP or TIFF" : "JPEG, PNG, BMP or WebP";
  const Codec* codec = find_codec(source.bytes);
  if (codec == nullptr) {
    const auto refused = refused_format(source.bytes);
    if (!refused.empty()) {
      source.fail(Reason::kFormatNotAllowed, "expected " + allowed + ", got " + std::string(refused));
    }
    source.fail(Reason::kUnknownFormat, "expected " + allowed + ", got something that begins with " +
                                            quoted(std::string(reinterpret_cast<const char*>(source.bytes.data()),
                                                               std::min<std::size_t>(source.bytes.size(), 8))));
  }
  if (codec->format == ImageFormat::kTiff && !options.allow_tiff()) {
    source.fail(Reason::kFormatNotAllowed, "expected " + allowed + ", got TIFF: `allow_tiff(true)` allows it");
  }
  return *codec;
}

void check_limits(const ImageSource& source, const DecodeOptions& options, const ImageHeader& header) {
  const ImageSize size = header.stored;
  const auto side = std::max(size.height, size.width);
  if (side > options.max_side()) {
    source.fail(Reason::kTooLarge, "expected sides of at most " + std::to_string(options.max_side()) +
                                       " pixels, the header says " + to_string(size) + ": the option is `max_side(n)`");
  }
  if (size.height > options.max_pixels() / size.width) {
    source.fail(Reason::kTooLarge, "expected at most " + std::to_string(options.max_pixels()) +
                                       " pixels, the header says " + to_string(size) +
                                       ": the option is `max_pixels(n)`");
  }
}

}  // namespace

ImageSize ImageHeader::displayed() const { return orientation >= 5 ? ImageSize{stored.width, stored.height} : stored; }

PlaneMap ImageHeader::stored_to_displayed() const { return orientation_map(stored, orientation); }

ImageHeader read_image_header(ByteView bytes, const DecodeOptions& options, const std::string& path) {
  const ImageSource source{bytes, path};
  if (bytes.size() == 0) source.fail(Reason::kEmptyFile, "expected an image, got an empty file");
  ImageHeader header;
  const Codec& codec = allowed_codec(source, options);
  header.format = codec.format;
  codec.read_header(source, options, header);
  if (header.stored.height <= 0 || header.stored.width <= 0) {
    source.fail(Reason::kCorrupt, "expected a size, the header says " + to_string(header.stored));
  }
  check_limits(source, options, header);
  if (!options.apply_orientation()) header.orientation = 1;
  return header;
}

PlaneMap orientation_map(ImageSize stored, int orientation) {
  const auto w = static_cast<double>(stored.width);
  const auto h = static_cast<double>(stored.height);
  switch (orientation) {
    case 1: return PlaneMap();
    case 2: return PlaneMap({-1, 0, w, 0, 1, 0, 0, 0, 1});
    case 3: return PlaneMap({-1, 0, w, 0, -1, h, 0, 0, 1});
    case 4: return PlaneMap({1, 0, 0, 0, -1, h, 0, 0, 1});
    case 5: return PlaneMap({0, 1, 0, 1, 0, 0, 0, 0, 1});
    case 6: return PlaneMap({0, -1, h, 1, 0, 0, 0, 0, 1});
    case 7: return PlaneMap({0, -1, h, -1, 0, w, 0, 0, 1});
    case 8: return PlaneMap({0, 1, 0, -1, 0, w, 0, 0, 1});
    default: break;
  }
  throw std::invalid_argument("orientation_map: expected an orientation from 1 to 8, got " +
                              std::to_string(orientation));
}

}  // namespace boxfeed
