#include <boxfeed/annotations/csv.h>
#include <boxfeed/core/error.h>
#include <boxfeed/core/file.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/number_text.h"

namespace boxfeed {
namespace {

/// Which columns a table needs.
struct Shape {
  bool sizes = false;
  bool split = false;
  bool group = false;
  bool classes = false;
  bool boxes = false;
  std::uint8_t flags = kNoFlags;
  std::size_t keypoints = 0;
  std::size_t numbers = 0;
};

/// How many rows record i takes: its objects, or one for an image without.
std::size_t rows_of(const AnnotationTable& table, std::size_t i) {
  return std::max({std::size_t{1}, table.boxes(i).size(), table.class_ids(i).size()});
}

Shape shape_of(const AnnotationTable& table) {
  Shape shape;
  for (std::size_t i = 0; i < table.size(); ++i) {
    shape.sizes = shape.sizes || table.image_size(i);
    shape.split = shape.split || !table.split(i).empty();
    shape.group = shape.group || !table.group(i).empty();
    shape.classes = shape.classes || !table.class_ids(i).empty();
    shape.boxes = shape.boxes || !table.boxes(i).empty();
    for (const std::uint8_t flags : table.flags(i)) shape.flags = static_cast<std::uint8_t>(shape.flags | flags);
    shape.keypoints = std::max(shape.keypoints, table.keypoints(i).size() / rows_of(table, i));
    shape.numbers = std::max(shape.numbers, table.numbers(i).size() / rows_of(table, i));
  }
  return shape;
}

[[noreturn]] void refuse(const std::string& path, const std::string& expected, const std::string& found) {
  throw Error(Reason::kUnsupported, "expected " + expected + " in " + quoted(path) + ", got " + found, path);
}

std::string quoted_cell(const std::string& path, std::string_view text) {
  if (text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos) {
    refuse(path, "texts without the end of a line", quoted(std::string(text)));
  }
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

std::string header_of(const std::string& path, const AnnotationTable& table, const Shape& shape) {
  std::string out = "image";
  if (shape.sizes) out += ",image_width,image_height";
  if (shape.split) out += ",split";
  if (shape.group) out += ",group";
  if (shape.classes) out += ",class";
  if (shape.boxes) out += ",xmin,ymin,xmax,ymax";
  if ((shape.flags & kDifficult) != 0) out += ",difficult";
  if ((shape.flags & kCrowd) != 0) out += ",crowd";
  for (std::size_t k = 0; k < shape.keypoints; ++k) {
    const std::string point = ",p" + std::to_string(k);
    out += point + "_x" + point + "_y" + point + "_v";
  }
  std::size_t number = 0;
  for (const auto& column : table.label_layout().columns) {
    if (column.role != ColumnRole::kNumber || number == shape.numbers) continue;
    ++number;
    out += "," + quoted_cell(path, column.name.empty() ? "number" + std::to_string(number - 1) : column.name);
  }
  for (; number < shape.numbers; ++number) out += ",number" + std::to_string(number);
  return out + "\n";
}

}  // namespace

void write_csv(const std::string& path, const AnnotationTable& table) {
  const Shape shape = shape_of(table);
  std::string out = header_of(path, table, shape);
  const auto add = [&](float value) { out += "," + float_text(value); };
  for (std::size_t i = 0; i < table.size(); ++i) {
    const auto boxes = table.boxes(i);
    const auto classes = table.class_ids(i);
    const auto flags = table.flags(i);
    const auto points = table.keypoints(i);
    const auto numbers = table.numbers(i);
    const std::size_t rows = rows_of(table, i);
    const auto image = [&] { return "image " + quoted(std::string(table.name(i))); };
    const auto fits = [&](std::size_t size, std::size_t each) {
      return size == rows * each || (size == 0 && rows == 1);
    };
    if (!fits(boxes.size(), shape.boxes ? 1 : 0) || !fits(classes.size(), shape.classes ? 1 : 0) ||
        !fits(points.size(), shape.keypoints) || !fits(numbers.size(), shape.numbers)) {
      refuse(path, "equally many boxes, classes, keypoints and numbers for each object",
             image() + " with another number");
    }
    for (std::size_t row = 0; row < rows; ++row) {
      out += quoted_cell(path, table.name(i));
      if (shape.sizes) {
        const auto size = table.image_size(i);
        if (!size) refuse(path, "the size of each image or of none", image() + " without one");
        out += "," + std::to_string(size->width) + "," + std::to_string(size->height);
      }
      if (shape.split) out += "," + quoted_cell(path, table.split(i));
      if (shape.group) out += "," + quoted_cell(path, table.group(i));
      if (shape.classes) {
        out += ",";
        if (!classes.empty()) out += quoted_cell(path, table.class_names()[static_cast<std::size_t>(classes[row])]);
      }
      if (shape.boxes && boxes.empty()) out += ",,,,";
      if (!boxes.empty()) {
        for (const float value : box_values(BoxFormat::kXYXY, boxes[row])) add(value);
      }
      for (const int flag : {kDifficult, kCrowd}) {
        if ((shape.flags & flag) == 0) continue;
        out += ",";
        if (!boxes.empty()) out += !flags.empty() && (flags[row] & flag) != 0 ? "1" : "0";
      }
      for (std::size_t k = 0; k < shape.keypoints; ++k) {
        if (points.empty()) {
          out += ",,,";
          continue;
        }
        const auto& point = points[row * shape.keypoints + k];
        add(point.x);
        add(point.y);
        add(point.visibility);
      }
      for (std::size_t k = 0; k < shape.numbers; ++k) {
        if (numbers.empty()) {
          out += ",";
        } else {
          add(numbers[row * shape.numbers + k]);
        }
      }
      out += "\n";
    }
  }
  write_file(path, out);
}

}  // namespace boxfeed
