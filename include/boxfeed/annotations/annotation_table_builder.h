#pragma once

#include <boxfeed/annotations/annotation_table.h>

#include <memory>

namespace boxfeed {

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
  /// With all that describes `table` but its records.
  explicit AnnotationTableBuilder(const AnnotationTable& table) : AnnotationTableBuilder(table.info()) {}
  ~AnnotationTableBuilder();

  /// Throws: `std::invalid_argument` where flags, areas or box lines are neither none nor one for each box, a class id
  /// is outside the class names, or the units are not the table's.
  void add(const AnnotationRecord& record);

  /// The table of all records so far; the builder is empty afterwards.
  AnnotationTable build();

 private:
  std::unique_ptr<TableColumns> columns_;
};

}  // namespace boxfeed
