// A COCO file of any bytes is read or refused; what is read can be written and read again.
#include <boxfeed/annotations/coco.h>
#include <boxfeed/core/error.h>

#include <cmath>
#include <stdexcept>

#include "fuzz/fuzz.h"
#include "fuzz/memory_file.h"

BOXFEED_FUZZ(coco) {
  using namespace boxfeed;
  const fuzz::MemoryFile file(data, size);
  AnnotationTable table;
  try {
    table = read_coco(file.path());
  } catch (const Error&) {
    return;
  }
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (table.class_ids(i).size() != table.boxes(i).size()) throw std::logic_error("not one class for each box");
    for (const auto id : table.class_ids(i)) {
      if (static_cast<std::size_t>(id) >= table.class_names().size()) throw std::logic_error("a class without a name");
    }
  }
}
