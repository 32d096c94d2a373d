#pragma once

#include <boxfeed/annotations/annotation_table.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <string_view>
#include <vector>

namespace boxfeed {

/// Finds the records of an image by its name. Memory: at most 24 bytes for each record.
class NameIndex {
 public:
  explicit NameIndex(const AnnotationTable& table) : table_(table) {
    std::size_t slots = 16;
    while (2 * slots < 3 * table.size()) slots *= 2;
    slots_.assign(slots, Slot{});
  }

  /// The first record with the name of record i, which is i where no other was asked for.
  std::size_t first(std::size_t i) {
    const std::string_view name = table_.name(i);
    const std::size_t hash = std::hash<std::string_view>()(name);
    const auto tag = static_cast<std::uint32_t>(hash >> 32);
    for (std::size_t at = hash;; ++at) {
      Slot& slot = slots_[at & (slots_.size() - 1)];
      if (slot.record == kFree) slot = {tag, static_cast<std::uint32_t>(i)};
      if (slot.tag == tag && table_.name(slot.record) == name) return slot.record;
    }
  }

 private:
  static constexpr std::uint32_t kFree = std::numeric_limits<std::uint32_t>::max();
  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t record = kFree;
  };

  const AnnotationTable& table_;
  std::vector<Slot> slots_;
};

}  // namespace boxfeed
