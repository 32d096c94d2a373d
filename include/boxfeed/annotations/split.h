#pragma once

#include <boxfeed/annotations/annotation_table.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace boxfeed {

/// Parts of a table's records, as indices in ascending order: `table.subset(split.train)`.
///
/// Records of the same image, and images of the same `AnnotationTable::group`, are on the same side of every split that
/// this library makes; `given_split` takes what the data say, record by record.
struct Split {
  std::vector<std::size_t> train;
  std::vector<std::size_t> validation;
  /// Where the data name one; else all records are in the others.
  std::vector<std::size_t> test = {};
};

/// About `validation_fraction` of the images for validation, each by a hash of its name (or of its group) and the seed:
/// new rows move no image, whatever their order.
/// Throws: `std::invalid_argument` unless 0 < validation_fraction < 1.
Split split_by_hash(const AnnotationTable& table, double validation_fraction, std::uint64_t seed = 0);

/// The fraction of each class: images (or groups) are sorted by the same hash within the rarest class that they show,
/// and the first `validation_fraction` of each, rounded, are for validation. New rows may move a few images.
/// Throws: `std::invalid_argument` unless 0 < validation_fraction < 1.
Split split_stratified(const AnnotationTable& table, double validation_fraction, std::uint64_t seed = 0);

/// `k` splits whose validation parts are about equal, share nothing and together are all records; each image's place is
/// fixed by the hash. Throws: `std::invalid_argument` unless k > 1.
std::vector<Split> k_fold_splits(const AnnotationTable& table, std::size_t k, std::uint64_t seed = 0);

/// The part of a data set that a record is in.
enum class SplitKind { kNone, kTrain, kValidation, kTest };

/// What a word (`AnnotationTable::split`) means, in upper or lower case and with or without a number behind it
/// ("train2017"): "train" and "training"; "val", "valid" and "validation"; "test" and "testing". All others mean none.
SplitKind split_kind(std::string_view word);

/// The last folder of a path that `split_kind` understands: "images/val/a.jpg" is in "val"; empty where there is none.
std::string split_of_path(std::string_view path);

/// The split that the data have, by `AnnotationTable::split`; records of other words are in no part, and `validation`
/// is empty where only a test set is held out. None where no record is for training or all are.
std::optional<Split> given_split(const AnnotationTable& table);

/// The number in [0, 1) that decides about an image or a group in each of these but `given_split`.
/// Source: FNV-1a (Fowler, Noll, Vo), spread by `Random`.
double split_hash(std::string_view name, std::uint64_t seed);

}  // namespace boxfeed
