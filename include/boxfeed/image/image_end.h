#pragma once

#include <boxfeed/image/byte_view.h>
#include <boxfeed/image/image_header.h>

namespace boxfeed {

/// Whether a file goes on to its own end: JPEG to the end marker behind its image data, PNG to IEND, WebP to the size
/// in its header, BMP to its last row; a TIFF, which may end anywhere, always. Nothing is decoded, so damage before the
/// end is not seen; but a JPEG without an end marker is read through, since one that lacks no pixel has its end, too.
///
/// Requires: `header` is what `read_image_header` read of these bytes.
bool has_image_end(ByteView bytes, const ImageHeader& header);

}  // namespace boxfeed
