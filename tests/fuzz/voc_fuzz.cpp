// An XML file of any bytes is read or refused.
#include <boxfeed/annotations/voc.h>
#include <boxfeed/core/error.h>

#include <cmath>
#include <stdexcept>
#include <string>

#include "fuzz/fuzz.h"
#include "support/temporary_folder.h"

BOXFEED_FUZZ(voc) {
  using namespace boxfeed;
  static const testing::TemporaryFolder folder;
  folder.write("a.xml", std::string(reinterpret_cast<const char*>(data), size));
  AnnotationTable table;
  try {
    table = read_voc(folder.path().string());
  } catch (const Error&) {
    return;
  }
  if (table.size() != 1 || table.name(0).empty()) throw std::logic_error("not one image");
  for (const Box& box : table.boxes(0)) {
    if (!std::isfinite(box.xmin) || !std::isfinite(box.xmax)) throw std::logic_error("a box that is not finite");
  }
}
