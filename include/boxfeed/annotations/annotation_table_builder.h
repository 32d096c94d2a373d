#pragma once

#include <boxfeed/annotations/annotation_table.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace boxfeed {

/// What holds for all records of a table.
struct AnnotationTableInfo {
  std::string path = {};
  bool path_is_folder = false;
  std::vector<std::string> class_names = {};
  std::vector<std::int64_t> category_ids = {};
  BoxUnits box_units = BoxUnits::kPixels;
  CsvLayout label_layout = {};
  std::vector<std::string> remarks = {};
};

/// Makes an `AnnotationTable` record by record.
///
/// ```cpp
/// AnnotationTableBuilder builder({"by hand", false, {"cat"}});
/// AnnotationRecord record;
/// record.name = "a.jpg";
/// record.boxes = {{10, 20, 40, 60}};
/// record.class_ids = {0};
/// builder.add(record);
/// AnnotationTable table = builder.build();
/// ```
class AnnotationTableBuilder {
 public:
  explicit AnnotationTableBuilder(AnnotationTableInfo info = {});
  /// Copies all that describes `table` but its records, with more remarks.
  explicit AnnotationTableBuilder(const AnnotationTable& table, const std::vector<std::string>& remarks = {});
  ~AnnotationTableBuilder();

  /// Throws: `std::invalid_argument` where flags, areas or box lines are neither none nor one for each box, a class id
  /// is outside the class names, or the units are not the table's.
  void add(const AnnotationRecord& record);

  /// The table of all records so far; the builder is empty afterwards.
  AnnotationTable build();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace boxfeed
