#include "annotations/column_words.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <numeric>
#include <string_view>

#include "core/text.h"

namespace boxfeed {
namespace {

/// Lower case, letters and digits only.
std::string plain(const std::string& name) {
  std::string out;
  for (const char c : to_lower(name)) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80) out += c;
  }
  return out;
}

/// The number of single letters to change, add or leave out to make `b` of `a` (Levenshtein 1966).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::optional<Word> word_of(const std::string& name) {
  static const std::map<std::string_view, Word> kWords{
      {"x", Word::kX},
      {"y", Word::kY},
      {"w", Word::kW},
      {"h", Word::kH},
      {"width", Word::kWidth},
      {"height", Word::kHeight},
      {"cx", Word::kCenterX},
      {"xc", Word::kCenterX},
      {"xcenter", Word::kCenterX},
      {"xcentre", Word::kCenterX},
      {"centerx", Word::kCenterX},
      {"centrex", Word::kCenterX},
      {"cy", Word::kCenterY},
      {"yc", Word::kCenterY},
      {"ycenter", Word::kCenterY},
      {"ycentre", Word::kCenterY},
      {"centery", Word::kCenterY},
      {"centrey", Word::kCenterY},
      {"xmin", Word::kXMin},
      {"minx", Word::kXMin},
      {"x1", Word::kXMin},
      {"left", Word::kXMin},
      {"ymin", Word::kYMin},
      {"miny", Word::kYMin},
      {"y1", Word::kYMin},
      {"top", Word::kYMin},
      {"xmax", Word::kXMax},
      {"maxx", Word::kXMax},
      {"x2", Word::kXMax},
      {"right", Word::kXMax},
      {"ymax", Word::kYMax},
      {"maxy", Word::kYMax},
      {"y2", Word::kYMax},
      {"bottom", Word::kYMax},
      {"imagewidth", Word::kImageWidth},
      {"imgwidth", Word::kImageWidth},
      {"imgw", Word::kImageWidth},
      {"imageheight", Word::kImageHeight},
      {"imgheight", Word::kImageHeight},
      {"imgh", Word::kImageHeight},
      {"class", Word::kClass},
      {"label", Word::kClass},
      {"category", Word::kClass},
      {"classname", Word::kClass},
      {"labelname", Word::kClass},
      {"classid", Word::kClass},
      {"labelid", Word::kClass},
      {"categoryid", Word::kClass},
      {"split", Word::kSplit},
      {"subset", Word::kSplit},
      {"difficult", Word::kDifficult},
      {"crowd", Word::kCrowd},
      {"iscrowd", Word::kCrowd},
      {"image", Word::kImage},
      {"filename", Word::kImage},
      {"file", Word::kImage},
      {"path", Word::kImage},
      {"imagepath", Word::kImage},
      {"filepath", Word::kImage},
      {"imagename", Word::kImage},
      {"img", Word::kImage},
  };
  std::string word = plain(name);
  for (const std::string_view front : {"boundingbox", "bbox", "box"}) {
    if (word.size() > front.size() && word.compare(0, front.size(), front) == 0) {
      word.erase(0, front.size());
      break;
    }
  }
  const auto found = kWords.find(word);
  return found == kWords.end() ? std::nullopt : std::optional<Word>(found->second);
}

bool split_keypoint_name(const std::string& name, std::string& stem, char& axis) {
  const std::string lower = to_lower(name);
  const auto bar = lower.rfind('_');
  if (bar != std::string::npos && bar > 0) {
    const std::string end = lower.substr(bar + 1);
    const std::string front = plain(lower.substr(0, bar));
    if (front.empty() || front == "bbox" || front == "box" || front == "boundingbox" || front == "center" ||
        front == "centre") {
      return false;
    }
    if (end != "x" && end != "y" && end != "v" && end != "vis" && end != "visibility" && end != "visible") return false;
    stem = front;
    axis = end[0];
    return true;
  }
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (lower.size() < 2 || (lower[0] != 'x' && lower[0] != 'y' && lower[0] != 'v') ||
      !std::all_of(lower.begin() + 1, lower.end(), is_digit)) {
    return false;
  }
  stem = lower.substr(1);
  axis = lower[0];
  return true;
}

std::string nearest_word(const std::string& word, const std::vector<std::string>& candidates) {
  std::string nearest;
  std::size_t best = std::max<std::size_t>(1, word.size() / 2) + 1;
  for (const auto& candidate : candidates) {
    const std::size_t d = distance(plain(word), plain(candidate));
    if (d < best) {
      best = d;
      nearest = candidate;
    }
  }
  return nearest;
}

}  // namespace boxfeed
