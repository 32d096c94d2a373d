#include "commands/annotation_options.h"

namespace localization {

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
  return formats;
}

}  // namespace localization
