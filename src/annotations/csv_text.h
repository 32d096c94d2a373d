#pragma once

#include <boxfeed/core/error.h>
#include <boxfeed/core/file.h>
#include <boxfeed/core/span.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace boxfeed {

/// Whole lines of a CSV, the last one ended like the others.
struct CsvBlock {
  std::vector<char> bytes;
  bool is_first = false;
  /// Whether its first row names the columns.
  bool has_header = false;
};

/// Cuts a CSV into blocks of whole lines.
class CsvBlocks {
 public:
  static constexpr std::size_t kDefaultBlock = std::size_t{1} << 20;
  static constexpr std::size_t kMaxLine = std::size_t{1} << 24;

  /// Throws: what `InputFile` throws.
  explicit CsvBlocks(const std::string& path, std::size_t block_bytes = kDefaultBlock)
      : file_(path), block_bytes_(block_bytes) {}

  std::uint64_t file_size() const noexcept { return file_.size(); }

  /// The next block; false at the end. A line of more than `kMaxLine` bytes makes a block of its beginning, which
  /// `split_rows` refuses. Throws: `Error` with `kIoRead`.
  bool next(CsvBlock& block);

 private:
  InputFile file_;
  std::size_t block_bytes_;
  std::vector<char> rest_;  ///< the beginning of a line whose end is not read yet
  bool started_ = false;
  bool ended_ = false;
};

/// What the rows of a block are given to. Lines are counted from 1 in the block.
class CsvRowSink {
 public:
  virtual ~CsvRowSink() = default;
  /// The cells, without quotes and the blanks around them. They are gone after the call. False ends the splitting.
  virtual bool row(std::size_t line, Span<std::string_view> cells) = 0;
  /// A line that cannot be split.
  virtual void bad_row(std::size_t line, Reason reason, std::string text) = 0;
  /// A block that is no text at all; no row of it is given.
  virtual void bad_block(std::size_t line, Reason reason, std::string text) = 0;
};

/// Splits the lines of a block into cells, leaving out blank lines, and returns the number of lines.
std::size_t split_rows(const CsvBlock& block, char separator, CsvRowSink& sink);

}  // namespace boxfeed
