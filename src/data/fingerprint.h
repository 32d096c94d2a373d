#pragma once

#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/data/dataset_options.h>

#include <cstdint>
#include <string>

namespace boxfeed {

/// The lower forty bits of a hash as ten hexadecimal digits: a loader's state holds no long texts.
std::string checksum_text(std::uint64_t hash);

/// 40-bit checksums of rows, options and pipeline, each by its name, so that one sees which of them differs; the same
/// on every machine of one byte order. Of hooks only that they are there counts, and of the options not `check_files`,
/// which changes nothing, and of `cache` only what it reduces images to, where they move at random.
/// Source: XXH3 of Collet's xxHash.
std::string fingerprint_of(const AnnotationTable& table, const DatasetOptions& options);

/// What decides how an image is decoded for a cache that keeps outputs or, else, reduced images: records of other
/// settings are not found.
std::string cache_settings(const DatasetOptions& options, bool keeps_outputs);

}  // namespace boxfeed
