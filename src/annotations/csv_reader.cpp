#include <boxfeed/annotations/csv_layout.h>
#include <boxfeed/annotations/csv_reader.h>
#include <boxfeed/core/error.h>

#include <algorithm>
#include <limits>
#include <map>
#include <thread>
#include <utility>

#include "annotations/csv_rows.h"
#include "annotations/csv_text.h"
#include "annotations/number_text.h"
#include "core/in_order.h"

namespace boxfeed {
namespace {

constexpr std::size_t kMaxClassId = 1'000'000;

std::size_t thread_count(const CsvOptions& options, std::uint64_t file_size) {
  const std::size_t wanted = options.threads() != 0
                                 ? options.threads()
                                 : std::min<std::size_t>(8, std::max(1U, std::thread::hardware_concurrency()));
  return std::min<std::size_t>(wanted, 1 + static_cast<std::size_t>(file_size / CsvBlocks::kDefaultBlock));
}

/// A whole number of at most nine digits.
std::optional<std::size_t> class_id(const std::string& text) {
  if (text.empty() || text.size() > 9) return std::nullopt;
  std::size_t id = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    id = 10 * id + static_cast<std::size_t>(c - '0');
  }
  return id;
}

/// Puts the parts of a CSV behind each other.
class Assembly {
 public:
  Assembly(std::string path, const CsvLayout& layout, const CsvOptions& options, std::uint64_t file_size)
      : path_(std::move(path)), layout_(layout), options_(options), bytes_left_(file_size) {}

  void append(const CsvPart& part, std::size_t bytes) {
    auto& from = part.columns;
    problems_.append(part.problems, lines_);
    if (lines_ == 0) reserve(from, bytes);
    if (lines_ + part.lines > std::numeric_limits<std::uint32_t>::max()) {
      throw CsvError(Reason::kFileTooLarge, path_, 0, "expected less than 2^32 lines, got more");
    }
    columns_.names.append(from.names);
    for (const std::uint32_t line : from.lines) columns_.lines.push_back(static_cast<std::uint32_t>(lines_) + line);
    columns_.box_offsets.append(from.box_offsets);
    add(columns_.boxes, from.boxes);
    columns_.keypoint_offsets.append(from.keypoint_offsets);
    add(columns_.keypoints, from.keypoints);
    columns_.number_offsets.append(from.number_offsets);
    add(columns_.numbers, from.numbers);
    add(columns_.image_sizes, from.image_sizes);
    append_classes(part);
    append_texts(part.splits, from.split.ids, splits_, columns_.split.ids);
    append_texts(part.groups, from.group.ids, groups_, columns_.group.ids);
    beyond_1_ = beyond_1_ || part.beyond_1;
    between_0_and_1_ = between_0_and_1_ || part.between_0_and_1;
    lines_ += part.lines;
  }

  /// A problem that ends the reading, its line counted in the part that comes next.
  [[noreturn]] void fail(const CsvProblem& problem) const {
    throw CsvError(problem.reason, path_, lines_ + problem.line, problem.text);
  }

  AnnotationTable finish() {
    if (layout_.class_column) resolve_classes();
    problems_.throw_if_any(path_);
    if (columns_.names.size() == 0 && !options_.allow_empty()) {
      throw CsvError(Reason::kEmptyFile, path_, 0, "expected rows, got none below the header");
    }
    if (!options_.box_units() && between_0_and_1_ && !beyond_1_) {
      throw CsvError(
          Reason::kUnits, path_, 0,
          "expected boxes in pixels, got only numbers within 0 … 1: are these fractions of the image? The option "
          "is box_units(BoxUnits::kFractions), or kPixels if they are not");
    }
    const bool in_pixels = options_.box_units() != BoxUnits::kFractions || layout_.image_width;
    columns_.path = path_;
    columns_.box_units = in_pixels ? BoxUnits::kPixels : BoxUnits::kFractions;
    columns_.layout = layout_.labels();
    columns_.split.names = splits_.names();
    columns_.group.names = groups_.names();
    return make_table(std::move(columns_));
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

  void append_classes(const CsvPart& part) {
    std::vector<std::int32_t> ids;
    for (std::size_t i = 0; i < part.classes.names().size(); ++i) {
      const std::uint32_t id = classes_.id(part.classes.names()[i]);
      ids.push_back(static_cast<std::int32_t>(id));
      if (id == class_lines_.size()) class_lines_.push_back(lines_ + part.class_lines[i]);
    }
    columns_.class_offsets.append(part.columns.class_offsets);
    for (const std::int32_t id : part.columns.class_ids) {
      columns_.class_ids.push_back(ids[static_cast<std::size_t>(id)]);
    }
  }

  /// From texts numbered as they came to the ids that they mean.
  void resolve_classes() {
    const auto& texts = classes_.names();
    const bool all_ids =
        std::all_of(texts.begin(), texts.end(), [](const std::string& t) { return class_id(t).has_value(); });
    auto names = options_.class_names();
    const bool given = !names.empty();
    if (!given && !all_ids) {
      names = texts;
      std::sort(names.begin(), names.end());
    }
    std::map<std::string, std::int32_t> id_of;
    for (std::size_t i = 0; i < names.size(); ++i) id_of[names[i]] = static_cast<std::int32_t>(i);
    std::vector<std::int32_t> ids(texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const auto found = id_of.find(texts[i]);
      const auto id = class_id(texts[i]);
      float number = 0;
      if (found != id_of.end() && (given || id || parse_number(texts[i], number))) {
        ids[i] = found->second;
      } else if (id && (given ? *id < names.size() : *id <= kMaxClassId)) {
        ids[i] = static_cast<std::int32_t>(*id);
        for (std::size_t k = given ? *id : names.size(); k <= *id; ++k) {
          if (!given) names.push_back(std::to_string(k));
        }
      } else {
        refuse_class(class_lines_[i], texts[i], names, given);
      }
    }
    for (auto& id : columns_.class_ids) id = ids[static_cast<std::size_t>(id)];
    columns_.class_names = std::move(names);
  }

  void refuse_class(std::size_t line, const std::string& text, const std::vector<std::string>& names, bool given) {
    const std::size_t column = *layout_.class_column;
    const std::string where = "column " + (layout_.names[column].empty() ? "" : quoted(layout_.names[column]) + " ") +
                              "(" + std::to_string(column + 1) + "): ";
    problems_.add(
        line, Reason::kClassRange,
        where +
            (given ? "expected one of the " + std::to_string(names.size()) + " class names or an id below that"
                   : "expected a class name or a whole number from 0 to " + std::to_string(kMaxClassId)) +
            ", got " + quoted(text));
  }

  std::string path_;
  const CsvLayout& layout_;
  const CsvOptions& options_;
  std::uint64_t bytes_left_;
  TableColumns columns_;
  TextIndex classes_;
  std::vector<std::size_t> class_lines_;
  TextIndex splits_;
  TextIndex groups_;
  CsvProblems problems_;
  std::size_t lines_ = 0;
  bool beyond_1_ = false;
  bool between_0_and_1_ = false;
};

/// A block on its way to the table.
struct Item {
  CsvBlock block;
  CsvPart part;
  std::optional<CsvProblem> failure;
};

}  // namespace

AnnotationTable read_csv(const std::string& path, const CsvOptions& options) {
  const CsvLayout layout = csv_layout(path, options);
  CsvBlocks blocks(path);
  const CsvRows rows(layout, options);
  Assembly assembly(path, layout, options, blocks.file_size());
  in_order<Item>(
      thread_count(options, blocks.file_size()), [&](Item& item) { return blocks.next(item.block); },
      [&](Item& item) {
        item.failure.reset();
        try {
          rows.read(item.block, item.part);
        } catch (const CsvProblem& problem) {
          item.failure = problem;
        }
      },
      [&](Item& item) {
        if (item.failure) assembly.fail(*item.failure);
        assembly.append(item.part, item.block.bytes.size());
      });
  return assembly.finish();
}

}  // namespace boxfeed
