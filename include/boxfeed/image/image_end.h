#pragma once

#include <boxfeed/image/byte_view.h>
#include <boxfeed/image/image_format.h>

namespace boxfeed {

/// Whether a file of this format goes on to its own end: JPEG to the end marker behind its image data, PNG to IEND,
/// WebP to the size in its header, BMP to its last row. Nothing is decoded, so damage before the end is not seen; of a
/// TIFF, which may end anywhere, it is always true.
bool has_image_end(ByteView bytes, ImageFormat format);

}  // namespace boxfeed
