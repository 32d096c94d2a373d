#include <boxfeed/annotations/csv.h>
#include <boxfeed/core/error.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "annotations/csv_columns.h"
#include "annotations/csv_rows.h"
#include "annotations/problem_list.h"
#include "core/in_order.h"
#include "core/number_text.h"

namespace boxfeed {
namespace {

/// Keeps the first row, and what follows it in its block.
class FirstRows : public CsvRowSink {
 public:
  FirstRows(CsvFirstRow& first, bool has_header, std::size_t lines_before)
      : first_(first), has_header_(has_header), lines_before_(lines_before) {}

  bool row(std::size_t line, Span<std::string_view> cells) override {
    if (std::all_of(cells.begin(), cells.end(), [](std::string_view cell) { return cell.empty(); })) return true;
    const bool is_first = first_.line == 0;
    if (is_first) {
      first_.line = lines_before_ + line;
      first_.cells.assign(cells.begin(), cells.end());
    }
    if ((!is_first || !has_header_) && cells.size() >= first_.cells.size()) {
      first_.sample.emplace_back(cells.begin(), cells.end());
    }
    constexpr std::size_t kSample = 1000;
    return first_.sample.size() < kSample;
  }
  void bad_row(std::size_t line, Reason reason, std::string text) override {
    if (first_.line == 0) throw AnnotationError(reason, first_.path, lines_before_ + line, text);
  }
  void bad_block(std::size_t line, Reason reason, std::string text) override {
    throw AnnotationError(reason, first_.path, lines_before_ + line, text);
  }

 private:
  CsvFirstRow& first_;
  bool has_header_;
  std::size_t lines_before_;
};

/// A CSV whose columns are known.
class CsvFile {
 public:
  CsvFile(const std::string& path, const CsvOptions& options) : blocks_(path) {
    check_options(options);
    CsvFirstRow row{path};
    CsvBlock block;
    for (std::size_t lines = 0; row.line == 0 && blocks_.next(block);) {
      FirstRows sink(row, options.header(), lines);
      lines += split_rows(block, options.separator(), sink);
      block.has_header = row.line > 0 && options.header();
      ahead_.push_back(std::move(block));
    }
    std::reverse(ahead_.begin(), ahead_.end());
    if (row.line > 0) {
      layout_ = resolve_columns(row, options);
    } else if (!options.allow_empty() || options.header()) {
      row.refuse(Reason::kEmptyFile, options.header() ? "expected a header and rows, got an empty file"
                                                      : "expected rows, got an empty file");
    }
  }

  const CsvLayout& layout() const noexcept { return layout_; }
  std::uint64_t size() const noexcept { return blocks_.file_size(); }

  /// The next block, from the beginning of the file; false at the end.
  bool next(CsvBlock& block) {
    if (ahead_.empty()) return blocks_.next(block);
    block = std::move(ahead_.back());
    ahead_.pop_back();
    return true;
  }

 private:
  CsvBlocks blocks_;
  std::vector<CsvBlock> ahead_;  ///< those that were read to see the first row, the last one first
  CsvLayout layout_;
};

std::size_t thread_count(const CsvOptions& options, std::uint64_t file_size) {
  const std::size_t wanted = options.threads() != 0
                                 ? options.threads()
                                 : std::min<std::size_t>(8, std::max(1U, std::thread::hardware_concurrency()));
  return std::min<std::size_t>(wanted, 1 + static_cast<std::size_t>(file_size / CsvBlocks::kDefaultBlock));
}

constexpr std::size_t kMaxClassId = 1'000'000;

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

/// What the texts of a class column mean, none for a text that means no class: names or ids of given classes, `names`;
/// without these, names, which get ids in alphabetical order, or ids already, where all texts are whole numbers. Puts
/// the classes into `names` in the order of their ids.
std::vector<std::optional<std::int32_t>> class_ids_of(const std::vector<std::string>& texts,
                                                      std::vector<std::string>& names) {
  const bool given = !names.empty();
  const bool all_ids = std::all_of(texts.begin(), texts.end(), [](const auto& text) { return class_id(text); });
  if (!given && !all_ids) {
    std::copy_if(texts.begin(), texts.end(), std::back_inserter(names),
                 [](const auto& text) { return class_id(text) || !is_number(text); });
    std::sort(names.begin(), names.end());
  }
  std::map<std::string, std::int32_t> id_of;
  for (std::size_t i = 0; i < names.size(); ++i) id_of[names[i]] = static_cast<std::int32_t>(i);
  std::vector<std::optional<std::int32_t>> ids;
  for (const auto& text : texts) {
    const auto found = id_of.find(text);
    const auto id = class_id(text);
    ids.emplace_back();
    if (found != id_of.end()) {
      ids.back() = found->second;
    } else if (id && (given ? *id < names.size() : *id <= kMaxClassId)) {
      ids.back() = static_cast<std::int32_t>(*id);
      for (std::size_t k = names.size(); k <= *id; ++k) names.push_back(std::to_string(k));
    }
  }
  return ids;
}

template <typename T>
void append(std::vector<T>& to, const std::vector<T>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

template <typename Array>
void append(Array& to, const Array& from) {
  to.append(from);
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
    const std::size_t records = columns_.lines.size(), objects = columns_.class_ids.size();
    TableColumns::for_each_array([&](auto array) { boxfeed::append(columns_.*array, from.*array); });
    for (std::size_t i = records; i < columns_.lines.size(); ++i) {
      columns_.lines[i] += static_cast<std::uint32_t>(lines_);
    }
    const auto ids = classes_.ids_of(part.classes);
    for (std::size_t k = objects; k < columns_.class_ids.size(); ++k) {
      auto& id = columns_.class_ids[k];
      id = static_cast<std::int32_t>(ids[static_cast<std::size_t>(id)]);
    }
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
    columns_.info.path = path_;
    columns_.info.box_units = in_pixels ? BoxUnits::kPixels : BoxUnits::kFractions;
    columns_.info.label_layout = layout_.labels();
    const auto table = make_table(std::move(columns_));
    return all_kept ? table : table.subset(kept);
  }

 private:
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

  /// From texts numbered as they came to the ids that they mean. Returns whether all of them mean one; else puts the
  /// records whose text does into `kept`.
  bool resolve_classes(std::vector<std::size_t>& kept) {
    auto& names = columns_.info.class_names = options_.class_names();
    const auto ids = class_ids_of(classes_.names(), names);
    ProblemList wrong(problems_.limit());
    const bool all = std::all_of(ids.begin(), ids.end(), [](const auto& id) { return id.has_value(); });
    for (std::size_t i = 0; !all && i < columns_.names.size(); ++i) {
      const std::size_t k = columns_.class_offsets.begin(i);
      const bool has_class = k < columns_.class_offsets.end(i);
      const auto text = has_class ? static_cast<std::size_t>(columns_.class_ids[k]) : 0;
      if (!has_class || ids[text]) {
        kept.push_back(i);
      } else {
        wrong.add(
            {Reason::kClassRange, path_, columns_.lines[i], std::string(columns_.names[i]),
             layout_.column_text(*layout_.find(ColumnRole::kClass)) + ": " +
                 (options_.class_names().empty()
                      ? "expected a class name or a whole number from 0 to " + std::to_string(kMaxClassId)
                      : "expected one of the " + std::to_string(names.size()) + " class names or an id below that") +
                 ", got " + quoted(classes_.names()[text])});
      }
    }
    problems_.merge(std::move(wrong));
    for (auto& id : columns_.class_ids) id = ids[static_cast<std::size_t>(id)].value_or(0);
    return all;
  }

  std::string path_;
  const CsvLayout& layout_;
  const CsvOptions& options_;
  std::uint64_t bytes_left_;
  TableColumns columns_;
  TextIndex classes_;
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
  Assembly assembly(path, file.layout(), options, file.size(), problems);
  in_order<Item>(
      thread_count(options, file.size()), [&](Item& item) { return file.next(item.block); },
      [&](Item& item) { read_rows(item.block, file.layout(), options, problems.limit(), item.rows); },
      [&](Item& item) { assembly.append(item.rows, item.block.bytes.size()); });
  return assembly.finish();
}

}  // namespace

CsvLayout csv_layout(const std::string& path, const CsvOptions& options) { return CsvFile(path, options).layout(); }

AnnotationTable read_csv(const std::string& path, const CsvOptions& options) {
  return with_problems(nullptr, [&](ProblemList& list) { return read(path, options, list); });
}

AnnotationTable read_csv(const std::string& path, const CsvOptions& options, std::vector<AnnotationProblem>& problems) {
  return with_problems(&problems, [&](ProblemList& list) { return read(path, options, list); });
}

}  // namespace boxfeed
