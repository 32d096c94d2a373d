// A text of boxes and, behind its first zero byte, a yaml of any bytes are read or refused.
#include <boxfeed/annotations/yolo.h>
#include <boxfeed/core/error.h>

#include <cmath>
#include <stdexcept>
#include <string>

#include "fuzz/fuzz.h"
#include "support/temporary_folder.h"

BOXFEED_FUZZ(yolo) {
  using namespace boxfeed;
  static const testing::TemporaryFolder folder;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const auto end = bytes.find('\0');
  folder.write("images/a.jpg", "");
  folder.write("labels/a.txt", bytes.substr(0, end));
  folder.write("data.yaml", end == std::string::npos ? "" : bytes.substr(end + 1));
  AnnotationTable table;
  try {
    table = read_yolo(folder / "labels", folder / "images");
  } catch (const Error&) {
    return;
  }
  if (table.size() != 1 || table.name(0) != "a.jpg") throw std::logic_error("not the one image");
  for (const auto id : table.class_ids(0)) {
    if (id < 0 || static_cast<std::size_t>(id) >= table.class_names().size()) throw std::logic_error("no class");
  }
  for (const Box& box : table.boxes(0)) {
    for (const float edge : {box.xmin, box.ymin, box.xmax, box.ymax}) {
      if (!std::isfinite(edge)) throw std::logic_error("a box that is not finite");
    }
  }
}
