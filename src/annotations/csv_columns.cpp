#include "annotations/csv_columns.h"

#include <boxfeed/core/file.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <stdexcept>

#include "annotations/column_words.h"
#include "core/number_text.h"
#include "core/text.h"

namespace boxfeed {
namespace {

/// Gives the columns that the options name their roles, each at most one.
class NamedColumns {
 public:
  NamedColumns(const CsvFirstRow& row, bool has_header, CsvLayout& layout)
      : row_(row), has_header_(has_header), layout_(layout), used_(layout.columns.size(), false) {}

  void give(const ColumnRef& column, const char* option, ColumnRole role, std::size_t component = 0) {
    const std::size_t found = find(column, option);
    auto& described = layout_.columns[found];
    if (used_[found]) {
      throw std::invalid_argument("CsvOptions: expected each column once, got column " + std::to_string(found + 1) +
                                  (described.name.empty() ? "" : " " + quoted(described.name)) + " again for " +
                                  option);
    }
    used_[found] = true;
    described.role = role;
    described.component = component;
  }

  void give(const std::optional<ColumnRef>& column, const char* option, ColumnRole role, std::size_t component = 0) {
    if (column) give(*column, option, role, component);
  }

  void give(const std::vector<ColumnRef>& columns, const char* option, ColumnRole role) {
    const bool is_ignored = role == ColumnRole::kIgnored;
    for (std::size_t i = 0; i < columns.size(); ++i) give(columns[i], option, role, is_ignored ? 0 : i);
  }

  /// The columns that no option names.
  std::vector<std::size_t> free() const {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < used_.size(); ++i) {
      if (!used_[i]) out.push_back(i);
    }
    return out;
  }

 private:
  std::size_t find(const ColumnRef& column, const char* option) const {
    if (!column.has_name()) {
      if (column.position() >= 0 && static_cast<std::size_t>(column.position()) < used_.size()) {
        return static_cast<std::size_t>(column.position());
      }
      row_.refuse(Reason::kHeader, "expected a column at position " + std::to_string(column.position()) +
                                       ", counted from 0, for " + option + ", got " + std::to_string(used_.size()) +
                                       " columns");
    }
    const std::string& name = column.name();
    if (!has_header_) {
      throw std::invalid_argument("CsvOptions: expected positions for a CSV without a header, got the name " +
                                  quoted(name) + " for " + option);
    }
    const auto& names = row_.cells;
    const auto exact = std::find(names.begin(), names.end(), name);
    if (exact != names.end()) return static_cast<std::size_t>(exact - names.begin());
    const auto other_case =
        std::find_if(names.begin(), names.end(), [&](const std::string& n) { return to_lower(n) == to_lower(name); });
    if (other_case != names.end()) return static_cast<std::size_t>(other_case - names.begin());
    const std::string nearest = nearest_word(name, names);
    std::string list;
    constexpr std::size_t kShown = 20;
    for (std::size_t i = 0; i < std::min(names.size(), kShown); ++i) list += (i == 0 ? "" : ", ") + quoted(names[i]);
    if (names.size() > kShown) list += " and " + std::to_string(names.size() - kShown) + " more";
    row_.refuse(Reason::kHeader, "expected a column " + quoted(name) + " for " + option + ", got " + list +
                                     (nearest.empty() ? "" : "; did you mean " + quoted(nearest) + "?"));
  }

  const CsvFirstRow& row_;
  bool has_header_;
  CsvLayout& layout_;
  std::vector<bool> used_;
};

/// Whether the name ends as image files do.
bool is_image_name(std::string_view name) {
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos) return false;
  const auto& all = image_extensions();
  return std::find(all.begin(), all.end(), to_lower(name.substr(dot))) != all.end();
}

void check_names(const CsvFirstRow& row) {
  std::map<std::string, std::size_t> seen;
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    const auto [entry, is_new] = seen.try_emplace(row.cells[i], i);
    if (is_new || row.cells[i].empty()) continue;
    row.refuse(Reason::kHeader, "expected each column name once, got " + quoted(row.cells[i]) + " in columns " +
                                    std::to_string(entry->second + 1) + " and " + std::to_string(i + 1));
  }
}

/// A line of one cell that another separator would split.
void check_separator(const CsvFirstRow& row, char separator) {
  if (row.cells.size() != 1) return;
  for (const char other : {',', ';', '\t'}) {
    if (other == separator || row.cells[0].find(other) == std::string::npos) continue;
    const std::string shown = other == '\t' ? "\\t" : std::string(1, other);
    row.refuse(Reason::kColumnCount, "expected several columns, got 1, " + quoted(row.cells[0]) +
                                         ": is the separator '" + shown + "'? The option is `separator('" + shown +
                                         "')`");
  }
}

/// A header with the name of an image file, or with numbers among its labels, is a row of data, unless these number the
/// columns from 0 or 1.
void check_header(const CsvFirstRow& row, const std::vector<std::size_t>& labels) {
  const auto refuse = [&](std::size_t column) {
    row.refuse(Reason::kHeader, "expected the names of the columns, got " + quoted(row.cells[column]) + " in column " +
                                    std::to_string(column + 1) + ": without a header the option is `header(false)`");
  };
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    if (is_image_name(row.cells[i])) refuse(i);
  }
  std::vector<std::size_t> numbers;
  std::copy_if(labels.begin(), labels.end(), std::back_inserter(numbers),
               [&](std::size_t i) { return is_number(row.cells[i]); });
  if (numbers.empty()) return;
  const std::size_t from = row.cells[numbers[0]] == "1" ? 1 : 0;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (row.cells[numbers[i]] != std::to_string(i + from)) refuse(numbers[0]);
  }
}

/// The column of the image where no option names it.
std::size_t guess_image_column(const CsvFirstRow& row, bool has_header) {
  std::vector<std::size_t> named, filled;
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    if (has_header && word_of(row.cells[i]) == Word::kImage) named.push_back(i);
    const bool names_images = !row.sample.empty() && std::all_of(row.sample.begin(), row.sample.end(),
                                                                 [&](const auto& r) { return is_image_name(r[i]); });
    if (names_images) filled.push_back(i);
  }
  if (named.size() == 1) return named[0];
  if (named.empty()) return filled.size() == 1 ? filled[0] : 0;
  if (named[0] == 0) return 0;
  row.refuse(Reason::kAmbiguous, "columns " + quoted(row.cells[named[0]]) + " and " + quoted(row.cells[named[1]]) +
                                     " may both be the image: `image(" + quoted(row.cells[named[0]]) +
                                     ")` or the other");
}

void label_all(ColumnRole role, const std::vector<std::size_t>& free, const CsvFirstRow& row, CsvLayout& layout) {
  if (role == ColumnRole::kBox && free.size() != 4) {
    row.refuse(Reason::kColumnCount,
               "expected four label columns for labels_as(ColumnRole::kBox), got " + std::to_string(free.size()));
  }
  if (role == ColumnRole::kKeypoint && free.size() % 2 != 0) {
    row.refuse(Reason::kColumnCount,
               "expected pairs of columns for labels_as(ColumnRole::kKeypoint), got " + std::to_string(free.size()));
  }
  for (std::size_t i = 0; i < free.size(); ++i) {
    layout.columns[free[i]].role = role;
    layout.columns[free[i]].component = role == ColumnRole::kKeypoint ? 3 * (i / 2) + i % 2 : i;
  }
}

}  // namespace

void check_options(const CsvOptions& options) {
  const auto refuse = [](const std::string& text) { throw std::invalid_argument("CsvOptions: expected " + text); };
  const char separator = options.separator();
  if (separator != ',' && separator != ';' && separator != '\t') {
    refuse("the separator ',', ';' or a tab, got " + quoted(std::string(1, separator)));
  }
  if (!options.box().empty() && options.box().size() != 4) {
    refuse("four columns for box, got " + std::to_string(options.box().size()));
  }
  const bool explicit_labels =
      !options.box().empty() || options.class_column() || !options.keypoints().empty() || !options.numbers().empty();
  if (options.labels_as() && explicit_labels) {
    refuse("either labels_as or some of box, class_column, keypoints and numbers, got both");
  }
  const auto all = options.labels_as();
  if (all && all != ColumnRole::kBox && all != ColumnRole::kKeypoint && all != ColumnRole::kNumber) {
    refuse("kBox, kKeypoint or kNumber for labels_as, got another role");
  }
  if (options.image_width().has_value() != options.image_height().has_value()) {
    refuse(std::string("image_width and image_height together, got image_") +
           (options.image_width().has_value() ? "width" : "height") + " alone");
  }
  auto names = options.class_names();
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end()) refuse("each class name once, got " + quoted(*twice) + " twice");
}

CsvLayout resolve_columns(const CsvFirstRow& row, const CsvOptions& options) {
  check_separator(row, options.separator());
  if (options.header()) check_names(row);
  CsvLayout layout;
  layout.box_format = options.box_format();
  layout.columns.resize(row.cells.size());
  for (std::size_t i = 0; options.header() && i < row.cells.size(); ++i) layout.columns[i].name = row.cells[i];

  NamedColumns named(row, options.header(), layout);
  named.give(options.ignore(), "ignore", ColumnRole::kIgnored);
  named.give(options.image_width(), "image_width", ColumnRole::kImageWidth);
  named.give(options.image_height(), "image_height", ColumnRole::kImageHeight);
  named.give(options.split_column(), "split_column", ColumnRole::kSplit);
  named.give(options.group_column(), "group_column", ColumnRole::kGroup);
  named.give(options.difficult_column(), "difficult_column", ColumnRole::kDifficult);
  named.give(options.crowd_column(), "crowd_column", ColumnRole::kCrowd);
  if (options.image()) {
    named.give(*options.image(), "the image", ColumnRole::kImage);
  } else if (!row.cells.empty()) {
    named.give(ColumnRef(static_cast<int>(guess_image_column(row, options.header()))), "the image", ColumnRole::kImage);
  }
  if (options.header()) check_header(row, named.free());

  named.give(options.box(), "box", ColumnRole::kBox);
  named.give(options.class_column(), "class_column", ColumnRole::kClass);
  for (std::size_t k = 0; k < options.keypoints().size(); ++k) {
    const auto& point = options.keypoints()[k];
    named.give(point.x, "keypoints", ColumnRole::kKeypoint, 3 * k);
    named.give(point.y, "keypoints", ColumnRole::kKeypoint, 3 * k + 1);
    named.give(point.visibility, "keypoints", ColumnRole::kKeypoint, 3 * k + 2);
  }
  named.give(options.numbers(), "numbers", ColumnRole::kNumber);

  const bool has_labels = !layout.labels().columns.empty();
  if (options.labels_as()) {
    label_all(*options.labels_as(), named.free(), row, layout);
  } else if (!has_labels && options.header()) {
    guess_by_names(named.free(), row, layout);
  } else if (!has_labels) {
    guess_by_cells(named.free(), row, layout);
  }
  return layout;
}

}  // namespace boxfeed
