#include "annotations/column_words.h"

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <map>
#include <numeric>
#include <string_view>

#include "core/text.h"

namespace boxfeed {
namespace {

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

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

/// All names, as `plain_name` spells them.
std::map<std::string, Word> all_words() {
  std::map<std::string, Word> words{{"x", Word::kX},         {"y", Word::kY},          {"w", Word::kW},
                                    {"h", Word::kH},         {"width", Word::kWidth},  {"height", Word::kHeight},
                                    {"x1", Word::kXMin},     {"left", Word::kXMin},    {"y1", Word::kYMin},
                                    {"top", Word::kYMin},    {"x2", Word::kXMax},      {"right", Word::kXMax},
                                    {"y2", Word::kYMax},     {"bottom", Word::kYMax},  {"difficult", Word::kDifficult},
                                    {"crowd", Word::kCrowd}, {"iscrowd", Word::kCrowd}};
  const auto add = [&](std::initializer_list<const char*> names, Word word) {
    for (const char* name : names) words[name] = word;
  };
  // A place in front of or behind its axis: xmin, minx.
  const auto add_axes = [&](std::initializer_list<const char*> places, Word x, Word y) {
    for (const std::string place : places) {
      words["x" + place] = words[place + "x"] = x;
      words["y" + place] = words[place + "y"] = y;
    }
  };
  add_axes({"min", "start", "begin", "tl", "lt", "ul", "topleft", "lefttop", "upperleft", "leftupper"}, Word::kXMin,
           Word::kYMin);
  add_axes({"max", "end", "stop", "br", "rb", "lr", "bottomright", "rightbottom", "lowerright", "rightlower"},
           Word::kXMax, Word::kYMax);
  add_axes({"tr", "rt", "ur", "topright", "righttop", "upperright", "bl", "lb", "ll", "bottomleft", "leftbottom",
            "lowerleft"},
           Word::kOtherCorner, Word::kOtherCorner);
  add_axes({"c", "center", "centre", "mid", "ctr"}, Word::kCenterX, Word::kCenterY);
  add({"imagewidth", "imgwidth", "imgw", "imagew"}, Word::kImageWidth);
  add({"imageheight", "imgheight", "imgh", "imageh"}, Word::kImageHeight);
  add({"class", "label", "category", "classname", "labelname", "categoryname", "classid", "labelid", "categoryid"},
      Word::kClass);
  add({"split", "subset"}, Word::kSplit);
  add({"image", "filename", "file", "path", "imagepath", "imgpath", "filepath", "imagename", "imagefile",
       "imagefilename", "img", "imgname"},
      Word::kImage);
  return words;
}

}  // namespace

std::string plain_name(const std::string& name) {
  std::string out;
  for (const char c : to_lower(name)) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80) out += c;
  }
  return out;
}

std::optional<Word> word_of(const std::string& name) {
  static const std::map<std::string, Word> kWords = all_words();
  const std::string word = plain_name(name);
  auto found = kWords.find(word);
  for (const std::string_view front : {"boundingbox", "bndbox", "bbox", "box", "bb", "rect", "roi"}) {
    if (found != kWords.end()) break;
    if (word.compare(0, front.size(), front) == 0) found = kWords.find(word.substr(front.size()));
  }
  return found == kWords.end() ? std::nullopt : std::optional<Word>(found->second);
}

bool split_keypoint_name(const std::string& name, std::string& stem, char& axis) {
  const auto axis_of = [](const std::string& word) {
    const bool is_axis =
        word == "x" || word == "y" || word == "v" || word == "vis" || word == "visible" || word == "visibility";
    return is_axis ? word[0] : '\0';
  };
  const auto split = [&](const std::string& word, const std::string& rest) {
    axis = axis_of(to_lower(word));
    stem = plain_name(rest);
    return axis != '\0' && !stem.empty();
  };
  constexpr const char* kGaps = "_.- ";
  const auto last = name.find_last_of(kGaps), first = name.find_first_of(kGaps);
  if (last != std::string::npos && split(name.substr(last + 1), name.substr(0, last))) return true;
  if (first != std::string::npos && split(name.substr(0, first), name.substr(first + 1))) return true;
  // The capital letter that ends "noseX" and begins the end of "noseVisible".
  std::size_t capital = name.size();
  while (capital > 0 && !is_upper(name[capital - 1])) --capital;
  if (capital > 1 && !is_upper(name[capital - 2]) && split(name.substr(capital - 1), name.substr(0, capital - 1))) {
    return true;
  }
  const bool is_numbered =
      name.size() > 1 && std::all_of(name.begin() + 1, name.end(), [](char c) { return c >= '0' && c <= '9'; });
  return is_numbered && split(name.substr(0, 1), name.substr(1));
}

std::string nearest_word(const std::string& word, const std::vector<std::string>& candidates, std::size_t kinship) {
  std::string nearest;
  std::size_t best = std::max<std::size_t>(1, word.size() / kinship) + 1;
  for (const auto& candidate : candidates) {
    const std::size_t d = distance(plain_name(word), plain_name(candidate));
    if (d < best) {
      best = d;
      nearest = candidate;
    }
  }
  return nearest;
}

}  // namespace boxfeed
