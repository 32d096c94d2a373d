#include "data/option_words.h"

#include <optional>

namespace localization {
namespace {

/// What `*` stands for where the word is one of the pattern.
std::optional<std::string> matched(const std::string& word, const std::string& pattern) {
  const auto star = pattern.find('*');
  if (star == std::string::npos) return word == pattern ? std::optional<std::string>("") : std::nullopt;
  const auto rest = pattern.size() - star - 1;
  const bool fits = word.size() >= star + rest && word.compare(0, star, pattern, 0, star) == 0 &&
                    word.compare(word.size() - rest, rest, pattern, star + 1, rest) == 0;
  return fits ? std::optional<std::string>(word.substr(star, word.size() - star - rest)) : std::nullopt;
}

std::string program_word(const std::string& word) {
  for (const auto& [library, program] : option_words()) {
    const auto value = matched(word, library);
    if (!value) continue;
    const auto star = program.find('*');
    return star == std::string::npos ? program : std::string(program).replace(star, 1, *value);
  }
  return "`" + word + "`";
}

}  // namespace

const std::vector<OptionWords>& option_words() {
  static const std::vector<OptionWords> kWords{
      {"header(false)", "--no-header"},
      {"separator('\\t')", "--separator tab"},
      {"separator('*')", "--separator '*'"},
      {"image(*)", "--image-column *"},
      {"box({…})", "--box-columns"},
      {"box_format(…)", "--box-format"},
      {"class_column(…)", "--class-column"},
      {"labels_as(ColumnRole::kBox)", "--labels box"},
      {"labels_as(ColumnRole::kKeypoint)", "--labels keypoints"},
      {"labels_as(ColumnRole::kNumber)", "--labels numbers"},
      {"ignore({…})", "--ignore"},
      {"ignore({*})", "--ignore *"},
      {"keypoints({…})", "--labels keypoints"},
      {"numbers({…})", "--labels numbers"},
      {"keypoints(n)", "--keypoints N"},
      {"keypoints(*)", "--keypoints *"},
      {"box_units(BoxUnits::kFractions)", "--fractions"},
      {"box_units(BoxUnits::kPixels)", "--pixels"},
      {"class_names({…})", "--classes"},
      {"outside(BoxAction::kFix)", "--clip-boxes"},
      {"keypoint_outside(BoxAction::kFix)", "--clip-boxes"},
      {"inverted(BoxAction::kFix)", "--clip-boxes"},
      {"outside(BoxAction::kSkip)", "--drop-bad-boxes"},
      {"degenerate(BoxAction::kSkip)", "--drop-bad-boxes"},
      {"allow_outside_root(true)", "--follow-links"},
      {"allow_tiff(true)", "--tiff"},
      {"max_pixels(n)", "--max-megapixels N"},
      {"max_side(n)", "--max-megapixels N"},
  };
  return kWords;
}

std::string in_program_words(const std::string& message) {
  std::string out;
  for (std::size_t at = 0;;) {
    const auto begin = message.find('`', at);
    const auto end = begin == std::string::npos ? begin : message.find('`', begin + 1);
    out += message.substr(at, end == std::string::npos ? end : begin - at);
    if (end == std::string::npos) return out;
    out += program_word(message.substr(begin + 1, end - begin - 1));
    at = end + 1;
  }
}

}  // namespace localization
