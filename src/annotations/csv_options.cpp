#include <boxfeed/annotations/csv_options.h>

namespace boxfeed {

std::vector<CsvKeypoint> keypoint_columns(int first, int count, bool with_visibility) {
  std::vector<CsvKeypoint> out;
  const int step = with_visibility ? 3 : 2;
  for (int i = 0; i < count; ++i) {
    const int x = first + i * step;
    out.push_back({x, x + 1, with_visibility ? std::optional<CsvColumn>(x + 2) : std::nullopt});
  }
  return out;
}

}  // namespace boxfeed
