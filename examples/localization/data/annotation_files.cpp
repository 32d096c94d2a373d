#include "data/annotation_files.h"

#include <boxfeed/annotations/coco.h>
#include <boxfeed/annotations/csv.h>
#include <boxfeed/annotations/voc.h>
#include <boxfeed/annotations/yolo.h>
#include <boxfeed/core/file.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "data/image_scan.h"
#include "data/target.h"

namespace localization {
namespace {

namespace fs = std::filesystem;
using Problems = std::vector<boxfeed::AnnotationProblem>;

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

/// The first of the folders that is there, else `otherwise`.
fs::path first_of(const std::vector<fs::path>& folders, const fs::path& otherwise) {
  const auto found = std::find_if(folders.begin(), folders.end(), is_folder);
  return found == folders.end() ? otherwise : *found;
}

/// The folder that a file or a folder is in.
fs::path folder_of(const fs::path& path) {
  const auto plain = path.lexically_normal();
  const auto folder = (plain.filename().empty() ? plain.parent_path() : plain).parent_path();
  return folder.empty() ? "." : folder;
}

bool has_xml(const fs::path& folder) {
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() == ".xml") return true;
  }
  return false;
}

/// `path` with its last folder of this name replaced; empty where there is none.
fs::path with_folder_replaced(const fs::path& path, const std::string& name, const std::string& by) {
  std::vector<fs::path> parts(path.begin(), path.end());
  const auto found = std::find(parts.rbegin(), parts.rend(), fs::path(name));
  if (found == parts.rend()) return {};
  *found = by;
  fs::path out;
  for (const auto& part : parts) out /= part;
  return out;
}

/// Calls `read` with the list of problems, or without one.
template <typename Read>
boxfeed::AnnotationTable read_with(Problems* problems, Read read) {
  return problems == nullptr ? read() : read(*problems);
}

/// The first of the folders in which the table's first image is, else the first that is there, else `otherwise`.
std::string images_of(const boxfeed::AnnotationTable& table, const std::vector<fs::path>& folders,
                      const fs::path& otherwise) {
  std::error_code ignored;
  const auto has_image = [&](const fs::path& folder) {
    return !table.empty() && fs::is_regular_file(folder / std::string(table.name(0)), ignored);
  };
  const auto found = std::find_if(folders.begin(), folders.end(), has_image);
  return (found != folders.end() ? *found : first_of(folders, otherwise)).lexically_normal().string();
}

std::string images_of_csv(const boxfeed::AnnotationTable& table, const std::string& csv) {
  const fs::path folder = folder_of(csv);
  return images_of(table, {folder, folder / "images", folder / ".." / "images"}, folder);
}

/// How many rows of a CSV, up to a thousand, have all their points within their images, where its labels are read as
/// keypoints; 0 if a row has not, or its image cannot be read.
std::size_t rows_with_points(const AnnotationFiles& files, boxfeed::CsvOptions options) {
  try {
    const auto all = boxfeed::read_csv(files.csv, options.labels_as(boxfeed::ColumnRole::kKeypoint));
    const auto images = files.images.empty() ? images_of_csv(all, files.csv) : files.images;
    const auto table = boxfeed::find_images(all, images);
    const boxfeed::Folder folder(images, files.follow_links);
    ImageScanner scanner(folder, {ScanDepth::kHeader, files.decode, files.follow_links, 1});
    const std::size_t rows = std::min<std::size_t>(table.size(), 1000);
    for (std::size_t i = 0; i < rows; ++i) {
      const auto size = scanner.look(table.name(i)).size();
      for (const auto& point : table.keypoints(i)) {
        const bool is_within = point.x >= 0 && point.y >= 0 && point.x <= static_cast<float>(size.width) &&
                               point.y <= static_cast<float>(size.height);
        if (!is_within && !point.is_missing()) return 0;
      }
    }
    return rows;
  } catch (const boxfeed::Error&) {
    return 0;
  }
}

Annotations read_csv(const AnnotationFiles& files, Problems* problems) try {
  auto options = files.columns;
  options.class_names(files.class_names);
  auto table = read_with(problems, [&](auto&... list) { return boxfeed::read_csv(files.csv, options, list...); });
  const auto images = images_of_csv(table, files.csv);
  return {std::move(table), images, {files.csv + ": " + boxfeed::csv_layout(files.csv, options).description()}};
} catch (const boxfeed::AnnotationError& error) {
  const std::string keypoints = "`labels_as(ColumnRole::kKeypoint)`";
  if (error.problem().text.find(keypoints) == std::string::npos) throw;
  const std::size_t rows = rows_with_points(files, files.columns);
  if (rows == 0) throw;
  auto problem = error.problem();
  problem.text += "; " + keypoints + " is likelier, since as points all numbers of the first " + count_of(rows, "row") +
                  " lie within the images";
  throw boxfeed::AnnotationError(std::move(problem));
}

Annotations read_coco(const AnnotationFiles& files, Problems* problems) {
  auto table = read_with(problems, [&](auto&... list) { return boxfeed::read_coco(files.coco, {}, list...); });
  const fs::path folder = folder_of(files.coco);
  const auto images = images_of(table, {folder / "images", folder / ".." / "images", folder, folder / ".."}, folder);
  return {std::move(table), images, {files.coco + ": COCO"}};
}

Annotations read_voc(const AnnotationFiles& files, Problems* problems) {
  const fs::path given = files.voc;
  const auto labels = has_xml(given) ? given : first_of({given / "Annotations", given / "annotations"}, given);
  const auto above = folder_of(labels);
  boxfeed::VocOptions options;
  options.class_names(files.class_names);
  auto table = read_with(problems, [&](auto&... list) { return boxfeed::read_voc(labels.string(), options, list...); });
  const auto images =
      images_of(table, {given / "JPEGImages", given / "images", above / "JPEGImages", above / "images", given}, given);
  return {std::move(table), images, {labels.string() + ": VOC"}};
}

Annotations read_yolo(const AnnotationFiles& files, Problems* problems) {
  const fs::path given = files.yolo;
  const auto labels = first_of({given / "labels"}, given);
  const auto images = files.images.empty()
                          ? first_of({with_folder_replaced(labels, "labels", "images")}, given).string()
                          : files.images;
  boxfeed::YoloOptions options;
  options.class_names(files.class_names).keypoints(files.keypoints);
  return {
      read_with(problems, [&](auto&... list) { return boxfeed::read_yolo(labels.string(), images, options, list...); }),
      images,
      {labels.string() + ": YOLO"}};
}

}  // namespace

Annotations read_annotations(const AnnotationFiles& files, Problems* problems) {
  auto read = [&] {
    if (!files.csv.empty()) return read_csv(files, problems);
    if (!files.coco.empty()) return read_coco(files, problems);
    if (!files.voc.empty()) return read_voc(files, problems);
    return read_yolo(files, problems);
  }();
  if (!files.images.empty()) read.images = files.images;
  read.table = boxfeed::find_images(read.table, read.images);
  for (const auto& remark : read.table.remarks()) read.remarks.push_back(remark);
  return read;
}

}  // namespace localization
