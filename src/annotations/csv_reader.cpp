#include <boxfeed/annotations/csv.h>
#include <boxfeed/core/error.h>

#include <algorithm>
#include <limits>
#include <thread>
#include <utility>

#include "annotations/class_ids.h"
#include "annotations/csv_file.h"
#include "annotations/csv_rows.h"
#include "annotations/problem_list.h"
#include "core/in_order.h"

namespace boxfeed {
namespace {

std::size_t thread_count(const CsvOptions& options, std::uint64_t file_size) {
  const std::size_t wanted = options.threads() != 0
                                 ? options.threads()
                                 : std::min<std::size_t>(8, std::max(1U, std::thread::hardware_concurrency()));
  return std::min<std::size_t>(wanted, 1 + static_cast<std::size_t>(file_size / CsvBlocks::kDefaultBlock));
}

/// Puts the rows of blocks behind each other.
class Assembly {
 public:
  Assembly(std::string path, const CsvLayout& layout, const CsvOptions& options, std::uint64_t file_size,
           ProblemList& problems)
      : path_(std::move(path)), layout_(layout), options_(options), bytes_left_(file_size), problems_(problems) {}

  void append(const CsvBlockRows& part, std::size_t bytes) {
    if (part.failure) {
      throw AnnotationError(part.failure->reason, path_, lines_ + part.failure->line, part.failure->text);
    }
    auto& from = part.columns;
    problems_.append(part.problems, path_, lines_);
    if (lines_ == 0) reserve(from, bytes);
    if (lines_ + part.lines > std::numeric_limits<std::uint32_t>::max()) {
      throw AnnotationError(Reason::kFileTooLarge, path_, 0, "expected less than 2^32 lines, got more");
    }
    columns_.names.append(from.names);
    for (const std::uint32_t line : from.lines) columns_.lines.push_back(static_cast<std::uint32_t>(lines_) + line);
    columns_.box_offsets.append(from.box_offsets);
    add(columns_.boxes, from.boxes);
    add(columns_.flags, from.flags);
    columns_.keypoint_offsets.append(from.keypoint_offsets);
    add(columns_.keypoints, from.keypoints);
    columns_.number_offsets.append(from.number_offsets);
    add(columns_.numbers, from.numbers);
    add(columns_.image_sizes, from.image_sizes);
    append_classes(part);
    const std::size_t before = columns_.names.size() - from.names.size();
    if (columns_.split.ids.empty() && !from.split.ids.empty()) columns_.split.ids.assign(before, splits_.id({}));
    append_texts(part.splits, from.split.ids, splits_, columns_.split.ids);
    if (!columns_.split.ids.empty()) columns_.split.ids.resize(columns_.names.size(), splits_.id({}));
    append_texts(part.groups, from.group.ids, groups_, columns_.group.ids);
    beyond_1_ = beyond_1_ || part.beyond_1;
    between_0_and_1_ = between_0_and_1_ || part.between_0_and_1;
    lines_ += part.lines;
  }

  /// The table without the rows that have problems.
  AnnotationTable finish() {
    std::vector<std::size_t> kept;
    const bool all_kept = !layout_.has(ColumnRole::kClass) || resolve_classes(kept);
    const bool all_good = problems_.total() == 0;
    if (columns_.names.size() == 0 && all_good && !options_.allow_empty()) {
      throw AnnotationError(Reason::kEmptyFile, path_, 0, "expected rows, got none below the header");
    }
    if (all_good && !options_.box_units() && between_0_and_1_ && !beyond_1_) {
      throw AnnotationError(
          Reason::kUnits, path_, 0,
          "expected boxes in pixels, got only numbers within 0 … 1: are these fractions of the image? The option "
          "is `box_units(BoxUnits::kFractions)`, or `box_units(BoxUnits::kPixels)` if they are not");
    }
    const bool in_pixels = options_.box_units() != BoxUnits::kFractions || layout_.has(ColumnRole::kImageWidth);
    columns_.path = path_;
    columns_.box_units = in_pixels ? BoxUnits::kPixels : BoxUnits::kFractions;
    columns_.label_layout = layout_.labels();
    columns_.split.names = splits_.names();
    columns_.group.names = groups_.names();
    const auto table = make_table(std::move(columns_));
    return all_kept ? table : table.subset(kept);
  }

 private:
  template <typename T>
  static void add(std::vector<T>& to, const std::vector<T>& from) {
    to.insert(to.end(), from.begin(), from.end());
  }

  /// Memory for as many rows as the file will have if the others are like the first ones. What is not used of it stays
  /// untouched.
  void reserve(const TableColumns& first, std::size_t bytes) {
    const double parts =
        1.02 * static_cast<double>(bytes_left_) / static_cast<double>(std::max<std::size_t>(bytes, 1)) + 1;
    if (parts < 4) return;
    const auto scaled = [&](std::size_t n) { return static_cast<std::size_t>(parts * static_cast<double>(n)); };
    columns_.names.reserve(scaled(first.names.size()), scaled(first.names.bytes()));
    columns_.lines.reserve(scaled(first.lines.size()));
    columns_.boxes.reserve(scaled(first.boxes.size()));
    columns_.flags.reserve(scaled(first.flags.size()));
    columns_.class_ids.reserve(scaled(first.class_ids.size()));
    columns_.keypoints.reserve(scaled(first.keypoints.size()));
    columns_.numbers.reserve(scaled(first.numbers.size()));
    columns_.image_sizes.reserve(scaled(first.image_sizes.size()));
  }

  static void append_texts(const TextIndex& part, const std::vector<std::uint32_t>& from, TextIndex& index,
                           std::vector<std::uint32_t>& to) {
    std::vector<std::uint32_t> ids;
    for (const auto& name : part.names()) ids.push_back(index.id(name));
    for (const std::uint32_t id : from) to.push_back(ids[id]);
  }

  void append_classes(const CsvBlockRows& part) {
    std::vector<std::int32_t> ids;
    for (std::size_t i = 0; i < part.classes.names().size(); ++i) {
      ids.push_back(static_cast<std::int32_t>(classes_.id(part.classes.names()[i])));
    }
    columns_.class_offsets.append(part.columns.class_offsets);
    for (const std::int32_t id : part.columns.class_ids) {
      columns_.class_ids.push_back(ids[static_cast<std::size_t>(id)]);
    }
  }

  /// From texts numbered as they came to the ids that they mean. Returns whether all of them mean one; else puts the
  /// records whose text does into `kept`.
  bool resolve_classes(std::vector<std::size_t>& kept) {
    ClassIds classes(classes_.names(), options_.class_names());
    const auto& ids = classes.ids();
    ProblemList wrong(problems_.limit());
    const bool all = std::all_of(ids.begin(), ids.end(), [](const auto& id) { return id.has_value(); });
    for (std::size_t i = 0; !all && i < columns_.names.size(); ++i) {
      const std::size_t k = columns_.class_offsets.begin(i);
      const bool has_class = k < columns_.class_offsets.end(i);
      const auto text = has_class ? static_cast<std::size_t>(columns_.class_ids[k]) : 0;
      if (!has_class || ids[text]) {
        kept.push_back(i);
      } else {
        wrong.add({Reason::kClassRange, path_, columns_.lines[i], std::string(columns_.names[i]),
                   layout_.column_text(*layout_.find(ColumnRole::kClass)) + ": " + classes.expected() + ", got " +
                       quoted(classes_.names()[text])});
      }
    }
    problems_.merge(std::move(wrong));
    for (auto& id : columns_.class_ids) id = ids[static_cast<std::size_t>(id)].value_or(0);
    columns_.class_names = classes.take_names();
    return all;
  }

  std::string path_;
  const CsvLayout& layout_;
  const CsvOptions& options_;
  std::uint64_t bytes_left_;
  TableColumns columns_;
  TextIndex classes_;
  TextIndex splits_;
  TextIndex groups_;
  ProblemList& problems_;
  std::size_t lines_ = 0;
  bool beyond_1_ = false;
  bool between_0_and_1_ = false;
};

/// A block on its way to the table.
struct Item {
  CsvBlock block;
  CsvBlockRows rows;
};

AnnotationTable read(const std::string& path, const CsvOptions& options, ProblemList& problems) {
  CsvFile file(path, options);
  const CsvRows rows(file.layout(), options, problems.limit());
  Assembly assembly(path, file.layout(), options, file.size(), problems);
  in_order<Item>(
      thread_count(options, file.size()), [&](Item& item) { return file.next(item.block); },
      [&](Item& item) { rows.read(item.block, item.rows); },
      [&](Item& item) { assembly.append(item.rows, item.block.bytes.size()); });
  return assembly.finish();
}

}  // namespace

AnnotationTable read_csv(const std::string& path, const CsvOptions& options) {
  return with_problems(nullptr, [&](ProblemList& list) { return read(path, options, list); });
}

AnnotationTable read_csv(const std::string& path, const CsvOptions& options, std::vector<AnnotationProblem>& problems) {
  return with_problems(&problems, [&](ProblemList& list) { return read(path, options, list); });
}

}  // namespace boxfeed
