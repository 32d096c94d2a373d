#pragma once

#include <boxfeed/image/image_header.h>

#include "image/image_source.h"

namespace boxfeed {

// The headers of the formats: each fills what the format says and throws for what cannot be one of its files.
// None of them checks the limits of size.

void read_jpeg_header(const ImageSource& source, const DecodeOptions& options, ImageHeader& header);
void read_png_header(const ImageSource& source, ImageHeader& header);
void read_bmp_header(const ImageSource& source, ImageHeader& header);
void read_webp_header(const ImageSource& source, ImageHeader& header);
void read_tiff_header(const ImageSource& source, ImageHeader& header);

/// Takes the orientation from EXIF data, or notes that they are damaged.
void apply_exif(ByteView exif, ImageHeader& header);

}  // namespace boxfeed
