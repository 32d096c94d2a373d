#pragma once

#include <boxfeed/annotations/annotation_table.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace boxfeed {

/// One record, apart from any table.
struct AnnotationRecord {
  std::string name;
  /// The annotation file within the table's folder, where each image has its own.
  std::string source;
  std::size_t line = 0;
  std::vector<Box> boxes;
  std::vector<std::int32_t> class_ids;
  std::vector<std::uint8_t> flags;
  std::vector<float> areas;
  std::vector<std::size_t> box_lines;
  std::vector<Keypoint> keypoints;
  std::vector<float> numbers;
  std::optional<ImageSize> image_size;
  std::optional<std::int64_t> image_id;
  std::string split;
  std::string group;

  /// Everything emptied, the memory kept.
  void clear();
};

/// What holds for all records of a table.
struct AnnotationTableInfo {
  std::string path = {};
  bool path_is_folder = false;
  std::vector<std::string> class_names = {};
  std::vector<std::int64_t> category_ids = {};
  BoxUnits box_units = BoxUnits::kPixels;
  LabelLayout layout = {};
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
  /// Copies all that describes `table` but its records.
  explicit AnnotationTableBuilder(const AnnotationTable& table);
  ~AnnotationTableBuilder();

  /// Throws: `std::invalid_argument` where flags, areas or box lines are neither none nor one for each box, or a class
  /// id is outside the class names.
  void add(const AnnotationRecord& record);

  /// The table of all records so far; the builder is empty afterwards.
  AnnotationTable build();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Appends the objects of record i, without its name and the like, to `record`.
void append_objects(const AnnotationTable& table, std::size_t i, AnnotationRecord& record);

/// A copy of record i, into `record`, whose memory is reused.
void copy_record(const AnnotationTable& table, std::size_t i, AnnotationRecord& record);

}  // namespace boxfeed
