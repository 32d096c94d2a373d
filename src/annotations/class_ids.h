#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace boxfeed {

/// What the texts of a class column mean: names or ids of given classes; without these, names, which get ids in
/// alphabetical order, or ids already, where all texts are whole numbers.
class ClassIds {
 public:
  ClassIds(const std::vector<std::string>& texts, const std::vector<std::string>& given);

  /// One for each text; none for a text that means no class.
  const std::vector<std::optional<std::int32_t>>& ids() const noexcept { return ids_; }
  /// What a text should have been, for messages.
  std::string expected() const;
  /// The classes in the order of their ids.
  std::vector<std::string> take_names() { return std::move(names_); }

 private:
  bool given_;
  std::vector<std::string> names_;
  std::vector<std::optional<std::int32_t>> ids_;
};

}  // namespace boxfeed
