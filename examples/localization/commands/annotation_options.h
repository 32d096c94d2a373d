#pragma once

#include <CLI/CLI.hpp>

#include "data/annotation_files.h"

namespace localization {

/// Adds --csv, --coco, --voc and --yolo, of which at most one can be given, with --images and --classes, which need it.
/// `required`: one must be given.
CLI::Option_group* add_annotation_options(CLI::App& command, AnnotationFiles& files, bool required);

}  // namespace localization
