#include "commands/annotation_options.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <stdexcept>

namespace localization {
namespace {

using boxfeed::BoxAction;
using boxfeed::BoxFormat;
using boxfeed::BoxUnits;
using boxfeed::ColumnRef;
using boxfeed::ColumnRole;

/// What was given, as it stands on the command line.
struct Given {
  bool no_header = false, fractions = false, pixels = false, clip = false, drop = false, follow = false, tiff = false;
  std::string separator, image, class_column, labels, format;
  std::vector<std::string> box, ignore;
  std::optional<std::size_t> keypoints;
  std::optional<double> megapixels;
  std::vector<int> background;
};

const std::map<std::string, BoxFormat> kFormats{
    {"xyxy", BoxFormat::kXYXY}, {"xywh", BoxFormat::kXYWH}, {"xyhw", BoxFormat::kXYHW}, {"cxcywh", BoxFormat::kCXCYWH}};
const std::map<std::string, ColumnRole> kRoles{
    {"box", ColumnRole::kBox}, {"keypoints", ColumnRole::kKeypoint}, {"numbers", ColumnRole::kNumber}};

template <typename Value>
std::vector<std::string> keys(const std::map<std::string, Value>& map) {
  std::vector<std::string> out;
  out.reserve(map.size());
  for (const auto& [key, value] : map) out.push_back(key);
  return out;
}

/// A column by its name, or in a CSV without a header by its place, counted from 1 as messages count.
ColumnRef column(const std::string& text, const Given& given) {
  const bool is_place = given.no_header && !text.empty() && text.size() < 7 &&
                        std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return is_place ? ColumnRef(std::stoi(text) - 1) : ColumnRef(text);
}

std::vector<ColumnRef> columns(const std::vector<std::string>& texts, const Given& given) {
  std::vector<ColumnRef> out;
  out.reserve(texts.size());
  for (const auto& text : texts) out.push_back(column(text, given));
  return out;
}

void apply(const Given& given, boxfeed::DecodeOptions& decode) {
  decode.allow_tiff(given.tiff);
  if (given.megapixels) {
    decode.max_pixels(std::llround(*given.megapixels * 1e6)).max_side(65535);
  }
  if (given.background.size() == 3) {
    boxfeed::Color color{};
    for (std::size_t i = 0; i < 3; ++i) color[i] = static_cast<std::uint8_t>(given.background[i]);
    decode.background(color);
  }
}

void apply(const Given& given, AnnotationFiles& files) {
  auto& csv = files.columns;
  csv.header(!given.no_header);
  if (given.separator == "tab") {
    csv.separator('\t');
  } else if (!given.separator.empty()) {
    csv.separator(given.separator[0]);
  }
  if (!given.image.empty()) csv.image(column(given.image, given));
  if (!given.class_column.empty()) csv.class_column(column(given.class_column, given));
  if (!given.box.empty()) csv.box(columns(given.box, given));
  if (!given.format.empty()) csv.box_format(kFormats.at(given.format));
  if (!given.labels.empty()) csv.labels_as(kRoles.at(given.labels));
  csv.ignore(columns(given.ignore, given));
  if (given.fractions) csv.box_units(BoxUnits::kFractions);
  if (given.pixels) csv.box_units(BoxUnits::kPixels);
  files.keypoints = given.keypoints;
  if (given.drop) {
    files.box_policy.inverted(BoxAction::kSkip).degenerate(BoxAction::kSkip);
    files.box_policy.outside(BoxAction::kSkip).keypoint_outside(BoxAction::kSkip);
  }
  if (given.clip) {
    files.box_policy.inverted(BoxAction::kFix).outside(BoxAction::kFix).keypoint_outside(BoxAction::kFix);
  }
  files.follow_links = given.follow;
  apply(given, files.decode);
}

void add_image_flags(CLI::App& command, Given& given) {
  command.add_flag("--tiff", given.tiff, "Read TIFF, too");
  command.add_option("--max-megapixels", given.megapixels, "The largest image (default: 100)")
      ->check(CLI::Range(0.001, 4000.0));
  command
      .add_option("--background", given.background, "The color (0 to 255 each) behind what is transparent in an image")
      ->expected(3)
      ->check(CLI::Range(0, 255))
      ->type_name("R G B");
}

}  // namespace

CLI::Option_group* add_annotation_options(CLI::App& command, AnnotationFiles& files, bool required) {
  auto* formats = command.add_option_group("Annotations");
  formats->add_option("--csv", files.csv, "CSV: image, then x, y, h, w, or other columns that name themselves")
      ->type_name("FILE");
  formats->add_option("--coco", files.coco, "COCO's JSON")->type_name("FILE");
  formats->add_option("--voc", files.voc, "Folder of VOC's XML files")->type_name("DIR");
  formats->add_option("--yolo", files.yolo, "Folder of YOLO's text files")->type_name("DIR");
  formats->require_option(required ? 1 : 0, 1);
  command.add_option("--images", files.images, "Folder of the images (default: by the format)");
  command.add_option("--classes", files.class_names, "The classes in the order of their ids");

  const auto given = std::make_shared<Given>();
  command.add_flag("--no-header", given->no_header,
                   "CSV: the first row is data; columns are named by their places, from 1");
  command.add_option("--separator", given->separator, "CSV: what is between two cells: , or ; or tab")
      ->check(CLI::IsMember({",", ";", "tab"}));
  command.add_option("--image-column", given->image, "CSV: the column of the image's name");
  command.add_option("--box-columns", given->box, "CSV: the four columns of the box, in the order of --box-format")
      ->expected(4)
      ->type_name("A B C D");
  command.add_option("--box-format", given->format, "CSV: xyxy (corners), xywh, xyhw (the default) or cxcywh (center)")
      ->check(CLI::IsMember(keys(kFormats)));
  command.add_option("--class-column", given->class_column, "CSV: the column of the class");
  command
      .add_option("--labels", given->labels,
                  "CSV: what all label columns are: box (four), keypoints (pairs x, y) or numbers")
      ->check(CLI::IsMember(keys(kRoles)));
  command.add_option("--ignore", given->ignore, "CSV: columns that are left out");
  auto* fractions = command.add_flag("--fractions", given->fractions, "CSV: boxes are fractions of their images");
  command.add_flag("--pixels", given->pixels, "CSV: boxes are in pixels, also where all numbers are within 0 and 1")
      ->excludes(fractions);
  command.add_option("--keypoints", given->keypoints,
                     "YOLO: so many keypoints follow each box (default: as its yaml says)");
  command.add_flag("--clip-boxes", given->clip, "Clip boxes that leave their images, and move keypoints onto the edge");
  command.add_flag("--drop-bad-boxes", given->drop,
                   "Leave out boxes without a width or height, or outside of their images, and such keypoints");
  command.add_flag("--follow-links", given->follow, "Read images that links or names put outside of their folder");
  add_image_flags(command, *given);
  command.callback([given, &files] { apply(*given, files); });
  return formats;
}

void add_image_options(CLI::App& command, boxfeed::DecodeOptions& decode) {
  const auto given = std::make_shared<Given>();
  add_image_flags(command, *given);
  command.callback([given, &decode] { apply(*given, decode); });
}

const std::vector<std::string>& annotation_details() {
  static const std::vector<std::string> kNames{
      "--images",       "--classes",    "--no-header",      "--separator",  "--image-column",
      "--box-columns",  "--box-format", "--class-column",   "--labels",     "--ignore",
      "--fractions",    "--pixels",     "--keypoints",      "--clip-boxes", "--drop-bad-boxes",
      "--follow-links", "--tiff",       "--max-megapixels", "--background", "--split-by-hash"};
  return kNames;
}

void add_skip_option(CLI::App& command, SkipBad& skip) {
  command.add_option("--skip-bad", skip.limit, "Leave out so many images that cannot be used (below 1: such a share)")
      ->check(CLI::Range(0.0, 1e9))
      ->capture_default_str();
}

void add_validation_options(CLI::App& command, CLI::Option_group& formats, std::optional<std::string>& validation,
                            std::optional<double>& val_fraction, bool& split_by_hash) {
  std::vector<CLI::Option*> all;
  for (const std::string format : {"csv", "coco", "voc", "yolo"}) {
    all.push_back(command.add_option("--val-" + format, validation, "The validation set, as --" + format)
                      ->needs(formats.get_option("--" + format)));
  }
  all.push_back(command
                    .add_option("--val-fraction", val_fraction,
                                "Share of the images for validation, by a hash of the name (default: the split that "
                                "the data have, else 0.2)")
                    ->check(CLI::Range(0.001, 0.999)));
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) all[i]->excludes(all[k]);
  }
  auto* by_hash = command.add_flag("--split-by-hash", split_by_hash, "Do not use the split that the data have");
  for (std::size_t i = 0; i < 4; ++i) by_hash->excludes(all[i]);
}

}  // namespace localization
