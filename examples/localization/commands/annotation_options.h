#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "data/annotation_files.h"
#include "data/look_through.h"

namespace localization {

/// Adds --csv, --coco, --voc and --yolo, of which at most one can be given, or if `required`, one must be, with
/// --images, --classes and all that says how the files are to be read. `files` has it after the parsing.
CLI::Option_group* add_annotation_options(CLI::App& command, AnnotationFiles& files, bool required);

/// Adds of these what says which images are read, and how.
void add_image_options(CLI::App& command, boxfeed::DecodeOptions& decode);

/// The names of the options that are of no use without annotations.
const std::vector<std::string>& annotation_details();

/// Adds --val-csv, --val-coco, --val-voc, --val-yolo, --val-fraction and --split-by-hash, of which at most one can be
/// given.
void add_validation_options(CLI::App& command, CLI::Option_group& formats, std::optional<std::string>& validation,
                            std::optional<double>& val_fraction, bool& split_by_hash);

/// Adds --skip-bad.
void add_skip_option(CLI::App& command, SkipBad& skip);

}  // namespace localization
