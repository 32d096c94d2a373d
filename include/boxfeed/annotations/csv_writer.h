#pragma once

#include <boxfeed/annotations/annotation_table.h>

#include <string>

namespace boxfeed {

/// Writes a table as a CSV that `read_csv` reads without options but `background` (and `group_column("group")`,
/// `box_units` where they are used): a row for each object, an empty box for an image without; the columns `image`,
/// `image_width`, `image_height`, `split`, `group`, `class`, `xmin`, `ymin`, `xmax`, `ymax`, `difficult`, `crowd`,
/// keypoints `p0_x`, `p0_y`, `p0_v` and plain numbers, as far as the table has them. Texts are quoted, floats written
/// so that they are read as the same float.
///
/// Throws: `Error` with `kUnsupported` for a name with the end of a line in it, or where objects do not have equally
/// many keypoints and numbers; and what `write_file` throws.
void write_csv(const std::string& path, const AnnotationTable& table);

}  // namespace boxfeed
