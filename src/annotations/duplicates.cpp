#include <boxfeed/annotations/duplicates.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace boxfeed {
namespace {

template <typename T>
std::string_view bytes_of(Span<T> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

template <typename T>
bool same(Span<T> a, Span<T> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

bool is_same(const AnnotationTable& table, std::size_t a, std::size_t b) {
  return table.name(a) == table.name(b) && same(table.boxes(a), table.boxes(b)) &&
         same(table.class_ids(a), table.class_ids(b)) && same(table.keypoints(a), table.keypoints(b)) &&
         same(table.numbers(a), table.numbers(b));
}

std::size_t hash_of(const AnnotationTable& table, std::size_t i) {
  std::size_t hash = 0;
  for (const auto bytes : {table.name(i), bytes_of(table.boxes(i)), bytes_of(table.class_ids(i)),
                           bytes_of(table.keypoints(i)), bytes_of(table.numbers(i))}) {
    hash = hash * 0x9E3779B97F4A7C15U + std::hash<std::string_view>()(bytes);
  }
  return hash;
}

}  // namespace

std::vector<Duplicate> find_duplicates(const AnnotationTable& table) {
  const auto hash = [&](std::size_t i) { return hash_of(table, i); };
  const auto equal = [&](std::size_t a, std::size_t b) { return is_same(table, a, b); };
  std::unordered_map<std::size_t, std::size_t, decltype(hash), decltype(equal)> firsts(table.size(), hash, equal);
  std::vector<Duplicate> duplicates;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const auto [entry, is_new] = firsts.try_emplace(i, i);
    if (!is_new) duplicates.push_back({i, entry->second});
  }
  return duplicates;
}

AnnotationTable without_duplicates(const AnnotationTable& table) {
  const auto duplicates = find_duplicates(table);
  if (duplicates.empty()) return table;
  std::vector<std::size_t> kept;
  auto next = duplicates.begin();
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (next != duplicates.end() && next->record == i) {
      ++next;
    } else {
      kept.push_back(i);
    }
  }
  return table.subset(kept);
}

}  // namespace boxfeed
