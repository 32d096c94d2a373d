#pragma once

#include <boxfeed/annotations/annotation_table.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace boxfeed {

/// Where the values of each record begin in an array that holds them all. As long as every record has equally many,
/// nothing is stored.
class Offsets {
 public:
  std::size_t begin(std::size_t i) const noexcept { return starts_.empty() ? i * each_ : starts_[i]; }
  std::size_t end(std::size_t i) const noexcept { return begin(i + 1); }

  /// One more record, with `n` values.
  void add(std::size_t n) {
    if (starts_.empty()) {
      if (count_ == 0) each_ = n;
      if (n == each_) {
        ++count_;
        return;
      }
      for (std::size_t i = 0; i <= count_; ++i) starts_.push_back(i * each_);
    }
    ++count_;
    starts_.push_back(starts_.back() + n);
  }

  /// The records of `other` behind these.
  void append(const Offsets& other) {
    if (other.count_ == 0) return;
    if (count_ == 0) each_ = other.each_;
    if (starts_.empty() && other.starts_.empty() && each_ == other.each_) {
      count_ += other.count_;
      return;
    }
    for (std::size_t i = 0; i < other.count_; ++i) add(other.end(i) - other.begin(i));
  }
  void clear() { *this = {}; }

  std::size_t memory() const noexcept { return starts_.capacity() * sizeof(std::uint64_t); }

 private:
  std::size_t count_ = 0;
  std::size_t each_ = 0;
  std::vector<std::uint64_t> starts_;
};

/// Texts behind each other in one string.
class Arena {
 public:
  std::size_t size() const noexcept { return ends_.size(); }
  std::string_view operator[](std::size_t i) const noexcept {
    const std::uint64_t begin = i == 0 ? 0 : ends_[i - 1];
    return std::string_view(bytes_).substr(begin, ends_[i] - begin);
  }
  void add(std::string_view text) {
    bytes_.append(text);
    ends_.push_back(bytes_.size());
  }
  void append(const Arena& other) {
    const std::uint64_t base = bytes_.size();
    bytes_.append(other.bytes_);
    for (const auto end : other.ends_) ends_.push_back(base + end);
  }
  void reserve(std::size_t texts, std::size_t bytes) {
    ends_.reserve(texts);
    bytes_.reserve(bytes);
  }
  void clear() {
    bytes_.clear();
    ends_.clear();
  }
  std::size_t bytes() const noexcept { return bytes_.size(); }
  std::size_t memory() const noexcept { return bytes_.capacity() + ends_.capacity() * sizeof(std::uint64_t); }

 private:
  std::string bytes_;
  std::vector<std::uint64_t> ends_;
};

/// Numbers texts in the order in which they first come.
class TextIndex {
 public:
  std::uint32_t id(std::string_view text) {
    if (!names_.empty() && names_[last_] == text) return last_;
    const auto [entry, is_new] = ids_.try_emplace(std::string(text), static_cast<std::uint32_t>(names_.size()));
    if (is_new) names_.emplace_back(text);
    return last_ = entry->second;
  }
  /// The numbers here of the texts of `other`, in their order there.
  std::vector<std::uint32_t> ids_of(const TextIndex& other) {
    std::vector<std::uint32_t> ids;
    for (const auto& name : other.names_) ids.push_back(id(name));
    return ids;
  }
  /// Frees what only `id` needs.
  void close() { ids_ = {}; }

  const std::vector<std::string>& names() const noexcept { return names_; }

 private:
  std::unordered_map<std::string, std::uint32_t> ids_;
  std::vector<std::string> names_;
  std::uint32_t last_ = 0;
};

/// A text for each record, such as the name of its part of the data, where many records have the same.
class Category {
 public:
  std::string_view operator[](std::size_t i) const noexcept {
    return ids_.empty() ? std::string_view() : std::string_view(texts_.names()[ids_[i]]);
  }
  void add(std::string_view text) {
    if (!text.empty()) fill();
    if (!ids_.empty() || !text.empty()) ids_.push_back(texts_.id(text));
    ++count_;
  }
  /// One more record with the text of the last one, or at the beginning with the empty one.
  void repeat() {
    if (!ids_.empty()) ids_.push_back(ids_.back());
    ++count_;
  }
  void append(const Category& other) {
    if (!other.ids_.empty()) fill();
    const auto ids = texts_.ids_of(other.texts_);
    for (const std::uint32_t id : other.ids_) ids_.push_back(ids[id]);
    count_ += other.count_;
    if (!ids_.empty()) fill();
  }
  void clear() {
    count_ = 0;
    ids_.clear();
    texts_ = {};
  }
  void close() { texts_.close(); }
  std::size_t memory() const noexcept { return ids_.capacity() * sizeof(std::uint32_t); }

 private:
  /// Gives the records that have no number yet that of the empty text.
  void fill() {
    if (ids_.size() < count_) ids_.resize(count_, texts_.id({}));
  }

  std::size_t count_ = 0;
  std::vector<std::uint32_t> ids_;  ///< none at all where each text is empty
  TextIndex texts_;
};

/// The arrays of an `AnnotationTable`. Per-object and per-record arrays are either empty or of full length.
struct TableColumns {
  AnnotationTableInfo info;

  Arena names;
  Arena sources;  ///< the annotation file of each record, where `path` is a folder
  std::vector<std::uint32_t> lines;

  Offsets box_offsets;
  std::vector<Box> boxes;
  std::vector<std::uint8_t> flags;
  std::vector<float> areas;
  std::vector<std::uint32_t> box_lines;

  Offsets class_offsets;
  std::vector<std::int32_t> class_ids;
  Offsets keypoint_offsets;
  std::vector<Keypoint> keypoints;
  Offsets number_offsets;
  std::vector<float> numbers;

  std::vector<ImageSize> image_sizes;  ///< height 0: not known
  std::vector<std::int64_t> image_ids;
  Category split;
  Category group;

  /// Calls `visit` with a pointer to each of these arrays.
  template <typename Visit>
  static void for_each_array(const Visit& visit) {
    using C = TableColumns;
    const auto each = [&](auto... arrays) { (visit(arrays), ...); };
    each(&C::names, &C::sources, &C::lines, &C::box_offsets, &C::boxes, &C::flags, &C::areas, &C::box_lines,
         &C::class_offsets, &C::class_ids, &C::keypoint_offsets, &C::keypoints, &C::number_offsets, &C::numbers,
         &C::image_sizes, &C::image_ids, &C::split, &C::group);
  }
};

/// A table of these arrays.
AnnotationTable make_table(TableColumns&& columns);

}  // namespace boxfeed
