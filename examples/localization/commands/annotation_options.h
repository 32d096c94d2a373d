#pragma once

#include <CLI/CLI.hpp>

#include "data/annotation_files.h"

namespace localization {

/// Adds --csv, --coco, --voc and --yolo, of which at most one can be given, or if `required`, one must be, with
/// --images and --classes.
CLI::Option_group* add_annotation_options(CLI::App& command, AnnotationFiles& files, bool required);

}  // namespace localization
