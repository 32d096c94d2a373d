// A CSV of any bytes is read or refused. What is read is finite, in ascending lines, and the same with other blocks.
#include <boxfeed/annotations/csv.h>
#include <boxfeed/core/error.h>
#include <malloc.h>

#include <cmath>
#include <cstdlib>
#include <new>
#include <stdexcept>
#include <utility>

#include "fuzz/fuzz.h"
#include "fuzz/memory_file.h"

#ifdef BOXFEED_FUZZ_MAIN
// csv.h takes 48 MiB for each block, which sanitizers mark byte by byte: one such piece of memory serves all.
namespace {

constexpr std::size_t kReaderBytes = std::size_t{3} << 24;
void* kept = nullptr;

}  // namespace

void* operator new[](std::size_t size) {
  void* const memory = size == kReaderBytes && kept != nullptr ? std::exchange(kept, nullptr) : std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

void operator delete[](void* memory) noexcept {
  if (memory != nullptr && kept == nullptr && ::malloc_usable_size(memory) >= kReaderBytes) {
    kept = memory;
  } else {
    std::free(memory);
  }
}

void operator delete[](void* memory, std::size_t) noexcept { operator delete[](memory); }
#endif

BOXFEED_FUZZ(csv) {
  using namespace boxfeed;
  if (size == 0) return;
  const unsigned choice = data[0];
  const char separators[] = {',', ';', '\t', ','};
  auto options = CsvOptions()
                     .separator(separators[choice & 3U])
                     .header((choice & 4U) == 0)
                     .background((choice & 8U) != 0)
                     .threads(1);
  if ((choice & 64U) != 0) options.missing_keypoint(0.0F);
  if ((choice & 16U) != 0) options.labels_as((choice & 32U) != 0 ? ColumnRole::kNumber : ColumnRole::kKeypoint);
  const fuzz::MemoryFile file(data + 1, size - 1);
  AnnotationTable table;
  try {
    csv_layout(file.path(), options).description();
    table = read_csv(file.path(), options);
  } catch (const Error&) {
    return;
  }
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (table.name(i).empty()) throw std::logic_error("an image without a name");
    if (i > 0 && table.line(i) <= table.line(i - 1)) throw std::logic_error("lines do not ascend");
    for (const Box& box : table.boxes(i)) {
      for (const float side : box_values(BoxFormat::kXYXY, box)) {
        if (!std::isfinite(side)) throw std::logic_error("a box that is not finite");
      }
    }
    for (const Keypoint& point : table.keypoints(i)) {
      if (!std::isfinite(point.x) || !std::isfinite(point.y)) throw std::logic_error("a keypoint that is not finite");
    }
    for (const float number : table.numbers(i)) {
      if (!std::isfinite(number)) throw std::logic_error("a number that is not finite");
    }
  }
}
