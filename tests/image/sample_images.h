#pragma once

#include <array>
#include <cstdint>
#include <opencv2/core/mat.hpp>
#include <string>
#include <vector>

/// Image files made on the spot, good and bad.
namespace samples {

using Bytes = std::vector<std::uint8_t>;

/// A smooth picture without symmetry, RGB.
cv::Mat picture(int height, int width);

/// How a JPEG is written.
struct JpegStyle {
  int quality = 95;
  bool color = true;
  bool progressive = false;
  bool inks = false;  ///< four inks, as Adobe writes them: YCCK
};
Bytes jpeg(const cv::Mat& rgb, const JpegStyle& style = {});

/// The same four inks without the change to YCC: Adobe's transform 0, CMYK.
Bytes cmyk_jpeg(const cv::Mat& rgb);

/// `jpeg` with a segment put behind its SOI.
Bytes with_segment(const Bytes& jpeg, std::uint8_t marker, const Bytes& content);
/// EXIF data whose one entry is the orientation.
Bytes exif(int orientation, bool little_endian = true);
/// `jpeg` with the orientation in an EXIF segment.
Bytes with_orientation(const Bytes& jpeg, int orientation);
/// `jpeg` with another size in its frame header.
Bytes with_size(Bytes jpeg, int height, int width);
/// `jpeg` with the type and the precision of its frame header changed.
Bytes with_process(Bytes jpeg, std::uint8_t frame_marker, std::uint8_t precision);
/// `jpeg`, which is progressive, with its first scan repeated.
Bytes with_more_scans(const Bytes& jpeg, int scans);

/// What a PNG is made of.
struct PngStyle {
  int bit_depth = 8;
  int color_type = 2;  ///< 0 gray, 2 RGB, 3 palette, 4 gray and alpha, 6 RGBA
  Bytes palette;       ///< RGB
  Bytes transparency;  ///< the content of tRNS
  bool interlaced = false;
};
/// A PNG of packed rows.
Bytes png(int height, int width, const Bytes& packed, const PngStyle& style);
/// `png` with a chunk put behind its header.
Bytes with_chunk(const Bytes& png, const std::string& name, const Bytes& content);

/// By OpenCV's encoder; `extension` such as ".bmp".
Bytes encoded(const cv::Mat& rgb, const std::string& extension, const std::vector<int>& parameters = {});
/// An animated WebP of two frames of the size of `rgb`, on a canvas that is larger by 4 rows above and 2 columns at the
/// left.
Bytes animated_webp(const cv::Mat& rgb);

/// The first `share` of the bytes.
Bytes cut(const Bytes& bytes, double share);

}  // namespace samples
