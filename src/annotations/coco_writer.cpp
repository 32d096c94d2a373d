#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/annotations/coco.h>
#include <boxfeed/core/error.h>
#include <boxfeed/core/file.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

namespace boxfeed {
namespace {

using Json = nlohmann::ordered_json;

Json categories_of(const AnnotationTable& table) {
  Json out = Json::array();
  for (std::size_t k = 0; k < table.class_names().size(); ++k) {
    const auto id = table.category_ids().empty() ? static_cast<std::int64_t>(k) + 1 : table.category_ids()[k];
    out.push_back({{"id", id}, {"name", table.class_names()[k]}});
  }
  return out;
}

/// The difference of two floats, exact in nearly all cases and so read again as the same corner.
double length(float from, float to) { return static_cast<double>(to) - static_cast<double>(from); }

Json annotation_of(const AnnotationTable& table, std::size_t i, std::size_t k, std::int64_t image, std::int64_t id) {
  const Box& box = table.boxes(i)[k];
  const double width = length(box.xmin, box.xmax), height = length(box.ymin, box.ymax);
  const auto class_id = static_cast<std::size_t>(table.class_ids(i)[k]);
  const auto flags = table.flags(i);
  Json out;
  out["id"] = id;
  out["image_id"] = image;
  out["category_id"] =
      table.category_ids().empty() ? static_cast<std::int64_t>(class_id) + 1 : table.category_ids()[class_id];
  out["bbox"] = {static_cast<double>(box.xmin), static_cast<double>(box.ymin), width, height};
  out["area"] = table.areas(i).empty() ? width * height : static_cast<double>(table.areas(i)[k]);
  out["iscrowd"] = !flags.empty() && (flags[k] & kCrowd) != 0 ? 1 : 0;
  if (!flags.empty() && (flags[k] & kDifficult) != 0) out["difficult"] = 1;
  const auto points = table.keypoints(i);
  const std::size_t each = points.size() / table.boxes(i).size();
  if (each > 0) {
    Json values = Json::array();
    int labeled = 0;
    for (std::size_t p = k * each; p < (k + 1) * each; ++p) {
      for (const float value : {points[p].x, points[p].y, points[p].visibility}) {
        values.push_back(static_cast<double>(value));
      }
      labeled += points[p].visibility > 0 ? 1 : 0;
    }
    out["keypoints"] = std::move(values);
    out["num_keypoints"] = labeled;
  }
  return out;
}

}  // namespace

void write_coco(const std::string& path, const AnnotationTable& rows) {
  if (rows.box_units() == BoxUnits::kFractions) {
    throw Error(Reason::kUnits, "expected boxes in pixels for a COCO file, got fractions of the image: " + quoted(path),
                path);
  }
  const auto table = group_by_image(rows);
  Json images = Json::array(), annotations = Json::array();
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (table.class_ids(i).size() != table.boxes(i).size() ||
        (!table.boxes(i).empty() && table.keypoints(i).size() % table.boxes(i).size() != 0)) {
      throw Error(Reason::kUnsupported,
                  "expected a class and equally many keypoints for each box of a COCO file, got an image without: " +
                      quoted(std::string(table.name(i))),
                  path);
    }
    const std::int64_t image = table.has_image_ids() ? table.image_id(i) : static_cast<std::int64_t>(i) + 1;
    Json entry{{"id", image}, {"file_name", std::string(table.name(i))}};
    if (const auto size = table.image_size(i)) {
      entry["width"] = size->width;
      entry["height"] = size->height;
    }
    images.push_back(std::move(entry));
    for (std::size_t k = 0; k < table.boxes(i).size(); ++k) {
      annotations.push_back(annotation_of(table, i, k, image, static_cast<std::int64_t>(annotations.size()) + 1));
    }
  }
  Json root;
  root["images"] = std::move(images);
  root["annotations"] = std::move(annotations);
  root["categories"] = categories_of(table);
  try {
    write_file(path, root.dump());
  } catch (const Json::type_error&) {
    throw Error(Reason::kEncoding, "expected names in UTF-8 for a COCO file, got other bytes: " + quoted(path), path);
  }
}

}  // namespace boxfeed
