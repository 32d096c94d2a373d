#include <boxfeed/annotations/csv_layout.h>
#include <boxfeed/core/error.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <stdexcept>
#include <utility>

#include "annotations/column_words.h"
#include "annotations/csv_guess.h"
#include "annotations/csv_text.h"
#include "annotations/number_text.h"

namespace boxfeed {
namespace {

constexpr std::size_t kFirstBlock = std::size_t{1} << 16;

/// Keeps the first row of a block.
class FirstRow : public CsvRowSink {
 public:
  bool row(std::size_t line, Span<std::string_view> row_cells) override {
    number = line;
    cells.assign(row_cells.begin(), row_cells.end());
    return false;
  }
  void bad_row(std::size_t line, Reason reason, std::string text) override { throw CsvProblem{line, reason, text}; }

  std::size_t number = 0;
  std::vector<std::string> cells;
};

FirstRow read_first_row(const std::string& path, char separator) {
  CsvBlocks blocks(path, kFirstBlock);
  CsvBlock block;
  FirstRow first;
  std::size_t lines = 0;
  while (first.number == 0 && blocks.next(block)) {
    lines += split_rows(block, separator, first);
  }
  if (first.number > 0) first.number = lines;  // splitting ended with this line
  return first;
}

/// Resolves the columns of the options and hands out each at most once.
class Columns {
 public:
  Columns(const CsvLayout& layout, std::size_t line, bool has_header)
      : names_(layout.names), line_(line), has_header_(has_header), used_(layout.names.size(), false) {}

  std::size_t take(const CsvColumn& column, const char* option) {
    const std::size_t found = find(column, option);
    if (used_[found]) {
      throw std::invalid_argument("CsvOptions: expected each column once, got column " + std::to_string(found + 1) +
                                  (names_[found].empty() ? "" : " " + quoted(names_[found])) + " again for " + option);
    }
    used_[found] = true;
    return found;
  }

  std::optional<std::size_t> take(const std::optional<CsvColumn>& column, const char* option) {
    return column ? std::optional<std::size_t>(take(*column, option)) : std::nullopt;
  }

  std::vector<std::size_t> free() const {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < used_.size(); ++i) {
      if (!used_[i]) out.push_back(i);
    }
    return out;
  }

 private:
  std::size_t find(const CsvColumn& column, const char* option) const {
    if (!column.has_name()) {
      if (column.position() >= 0 && static_cast<std::size_t>(column.position()) < names_.size()) {
        return static_cast<std::size_t>(column.position());
      }
      throw CsvProblem{line_, Reason::kHeader,
                       "expected a column at position " + std::to_string(column.position()) + ", counted from 0, for " +
                           option + ", got " + std::to_string(names_.size()) + " columns"};
    }
    const std::string& name = column.name();
    if (!has_header_) {
      throw std::invalid_argument("CsvOptions: expected positions for a CSV without a header, got the name " +
                                  quoted(name) + " for " + option);
    }
    const auto exact = std::find(names_.begin(), names_.end(), name);
    if (exact != names_.end()) return static_cast<std::size_t>(exact - names_.begin());
    const auto other_case =
        std::find_if(names_.begin(), names_.end(), [&](const std::string& n) { return lower(n) == lower(name); });
    if (other_case != names_.end()) return static_cast<std::size_t>(other_case - names_.begin());
    const std::string nearest = nearest_word(name, names_);
    throw CsvProblem{line_, Reason::kHeader,
                     "expected a column " + quoted(name) + " for " + option + ", got none" +
                         (nearest.empty() ? "" : "; did you mean " + quoted(nearest) + "?")};
  }

  static std::string lower(std::string text) {
    for (auto& c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    return text;
  }

  const std::vector<std::string>& names_;
  std::size_t line_;
  bool has_header_;
  std::vector<bool> used_;
};

void check_options(const CsvOptions& options) {
  const char separator = options.separator();
  if (separator != ',' && separator != ';' && separator != '\t') {
    throw std::invalid_argument("CsvOptions: expected the separator ',', ';' or a tab, got " +
                                quoted(std::string(1, separator)));
  }
  if (!options.box().empty() && options.box().size() != 4) {
    throw std::invalid_argument("CsvOptions: expected four columns for box, got " +
                                std::to_string(options.box().size()));
  }
  const bool explicit_labels =
      !options.box().empty() || options.class_column() || !options.keypoints().empty() || !options.numbers().empty();
  if (options.labels_as() && explicit_labels) {
    throw std::invalid_argument(
        "CsvOptions: expected either labels_as or some of box, class_column, keypoints and numbers, got both");
  }
  if (options.labels_as() == LabelKind::kClass) {
    throw std::invalid_argument("CsvOptions: expected kBox, kKeypoint or kNumber for labels_as, got kClass");
  }
  if (options.image_width().has_value() != options.image_height().has_value()) {
    throw std::invalid_argument("CsvOptions: expected image_width and image_height together, got one of them");
  }
  auto names = options.class_names();
  std::sort(names.begin(), names.end());
  if (const auto twice = std::adjacent_find(names.begin(), names.end()); twice != names.end()) {
    throw std::invalid_argument("CsvOptions: expected each class name once, got " + quoted(*twice) + " twice");
  }
}

void check_names(const std::vector<std::string>& names, std::size_t line) {
  std::map<std::string, std::size_t> seen;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto [entry, is_new] = seen.try_emplace(names[i], i);
    if (is_new || names[i].empty()) continue;
    throw CsvProblem{line, Reason::kHeader,
                     "expected each column name once, got " + quoted(names[i]) + " in columns " +
                         std::to_string(entry->second + 1) + " and " + std::to_string(i + 1)};
  }
}

/// A line of one cell that another separator would split.
void check_separator(const FirstRow& row, char separator) {
  if (row.cells.size() != 1) return;
  for (const char other : {',', ';', '\t'}) {
    if (other == separator || row.cells[0].find(other) == std::string::npos) continue;
    const std::string shown = other == '\t' ? "\\t" : std::string(1, other);
    throw CsvProblem{row.number, Reason::kColumnCount,
                     "expected several columns, got 1, " + quoted(row.cells[0]) + ": is the separator '" + shown +
                         "'? The option is separator('" + shown + "')"};
  }
}

/// A header whose labels are all numbers is a row of data, unless it numbers the columns of an unnamed one.
void check_header(const FirstRow& row, const std::vector<std::size_t>& labels) {
  const auto is_number = [&](std::size_t column) {
    float value = 0;
    return !parse_number(row.cells[column], value);
  };
  if (labels.empty() || !std::all_of(labels.begin(), labels.end(), is_number)) return;
  bool counts = true;
  const bool from_1 = row.cells[labels[0]] == "1";
  for (std::size_t i = 0; i < labels.size(); ++i) {
    counts = counts && row.cells[labels[i]] == std::to_string(i + static_cast<std::size_t>(from_1));
  }
  if (counts) return;
  throw CsvProblem{row.number, Reason::kHeader,
                   "expected the names of the columns, got the number " + quoted(row.cells[labels[0]]) + " in column " +
                       std::to_string(labels[0] + 1) + ": without a header the option is header(false)"};
}

void label_all(LabelKind kind, const std::vector<std::size_t>& free, std::size_t line, const CsvOptions& options,
               CsvLayout& layout) {
  if (kind == LabelKind::kNumber) {
    layout.numbers = free;
    return;
  }
  if (kind == LabelKind::kBox) {
    if (free.size() != 4) {
      throw CsvProblem{
          line, Reason::kColumnCount,
          "expected four label columns for labels_as(LabelKind::kBox), got " + std::to_string(free.size())};
    }
    layout.box = {free[0], free[1], free[2], free[3]};
    layout.box_format = options.box_format();
    return;
  }
  if (free.size() % 2 != 0) {
    throw CsvProblem{
        line, Reason::kColumnCount,
        "expected pairs of columns for labels_as(LabelKind::kKeypoint), got " + std::to_string(free.size())};
  }
  for (std::size_t i = 0; i < free.size(); i += 2) layout.keypoints.push_back({free[i], free[i + 1], std::nullopt});
}

CsvLayout resolve(const FirstRow& row, const CsvOptions& options) {
  CsvLayout layout;
  layout.names = options.header() ? row.cells : std::vector<std::string>(row.cells.size());
  if (options.header()) check_names(layout.names, row.number);
  Columns columns(layout, row.number, options.header());
  layout.image = columns.take(options.image(), "the image");
  for (const auto& column : options.ignore()) layout.ignored.push_back(columns.take(column, "ignore"));
  layout.image_width = columns.take(options.image_width(), "image_width");
  layout.image_height = columns.take(options.image_height(), "image_height");
  layout.split_column = columns.take(options.split_column(), "split_column");
  layout.group_column = columns.take(options.group_column(), "group_column");
  layout.difficult_column = columns.take(options.difficult_column(), "difficult_column");
  layout.crowd_column = columns.take(options.crowd_column(), "crowd_column");
  if (options.header()) check_header(row, columns.free());

  if (!options.box().empty()) {
    layout.box.emplace();
    for (std::size_t i = 0; i < 4; ++i) (*layout.box)[i] = columns.take(options.box()[i], "box");
    layout.box_format = options.box_format();
  }
  layout.class_column = columns.take(options.class_column(), "class_column");
  for (const auto& point : options.keypoints()) {
    const std::size_t x = columns.take(point.x, "keypoints"), y = columns.take(point.y, "keypoints");
    layout.keypoints.push_back({x, y, columns.take(point.visibility, "keypoints")});
  }
  for (const auto& column : options.numbers()) layout.numbers.push_back(columns.take(column, "numbers"));

  const auto free = columns.free();
  if (layout.box || layout.class_column || !layout.keypoints.empty() || !layout.numbers.empty()) {
    layout.ignored.insert(layout.ignored.end(), free.begin(), free.end());
  } else if (options.labels_as()) {
    label_all(*options.labels_as(), free, row.number, options, layout);
  } else if (options.header()) {
    guess_by_names(free, layout);
  } else {
    guess_by_cells(free, row.cells, layout);
  }
  std::sort(layout.ignored.begin(), layout.ignored.end());
  return layout;
}

}  // namespace

CsvLayout csv_layout(const std::string& path, const CsvOptions& options) {
  check_options(options);
  try {
    const auto row = read_first_row(path, options.separator());
    if (row.number == 0) {
      if (options.allow_empty() && !options.header()) return {};
      throw AnnotationError(
          Reason::kEmptyFile, path, 0,
          options.header() ? "expected a header and rows, got an empty file" : "expected rows, got an empty file");
    }
    check_separator(row, options.separator());
    return resolve(row, options);
  } catch (const CsvProblem& problem) {
    throw AnnotationError(problem.reason, path, problem.line, problem.text);
  }
}

}  // namespace boxfeed
