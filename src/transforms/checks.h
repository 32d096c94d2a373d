#pragma once

#include <boxfeed/core/image_size.h>
#include <boxfeed/transforms/transform.h>

#include <cstdint>
#include <string>
#include <utility>

namespace boxfeed::transforms {

/// Of an image or a canvas.
constexpr std::int64_t kLargestSide = 32768;
/// Factors and ratios beyond it mean nothing for such images.
constexpr double kLargestFactor = 1e4;

/// A number as it stands in messages: no more digits than needed.
std::string number_text(double value);

// Each throws `std::invalid_argument` that names the option, what was expected and what was found.

[[noreturn]] void refuse(const std::string& option, const std::string& expected, const std::string& found);
void check_number(const std::string& option, double value, Limits limits);
/// Sides from 1 to 32768.
void check_size(const std::string& option, ImageSize size);

/// Throws for an option that is not within its limits.
class FieldChecker final : public FieldVisitor {
 public:
  /// `where` stands before the names of options.
  explicit FieldChecker(std::string where) : where_(std::move(where)) {}
  void visit(const char* name, Field field, Limits limits) override;

 private:
  std::string where_;
};

}  // namespace boxfeed::transforms
