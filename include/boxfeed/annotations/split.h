#pragma once

#include <boxfeed/annotations/annotation_table.h>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace boxfeed {

/// Two parts of a table's records, as indices in ascending order: `table.subset(split.train)`.
///
/// Records of the same image, and images of the same `AnnotationTable::group`, are always on the same side.
struct Split {
  std::vector<std::size_t> train;
  std::vector<std::size_t> validation;
};

/// About `validation_fraction` of the images for validation, each by a hash of its name (or of its group) and the seed:
/// new rows move no image, whatever their order.
/// Throws: `std::invalid_argument` unless 0 < validation_fraction < 1.
Split split_by_hash(const AnnotationTable& table, double validation_fraction, std::uint64_t seed = 0);

/// The fraction of each class: images (or groups) are sorted by the same hash within the rarest class that they show,
/// and the first `validation_fraction` of each, rounded, are for validation. New rows may move a few images.
/// Throws: `std::invalid_argument` unless 0 < validation_fraction < 1.
Split split_stratified(const AnnotationTable& table, double validation_fraction, std::uint64_t seed = 0);

/// `k` splits whose validation parts are about equal, share nothing and together are all records; each image's part is
/// fixed by the hash. Throws: `std::invalid_argument` unless k > 1.
std::vector<Split> k_fold_splits(const AnnotationTable& table, std::size_t k, std::uint64_t seed = 0);

/// The part of a data set that a record is in.
enum class SplitPart { kNone, kTrain, kValidation };

/// What the word of a file (`AnnotationTable::split`) means: "train" and "training" the one part, "val", "valid" and
/// "validation" the other, all others ("test") neither.
SplitPart split_part(std::string_view word);

/// The split that the file itself gives, by `split_part`.
/// Throws: `Error` with `kHeader` where one part would have no record.
Split split_by_column(const AnnotationTable& table);

/// The number in [0, 1) that decides about an image or a group in all of these.
/// Source: FNV-1a (Fowler, Noll, Vo), spread by `Random`.
double split_hash(std::string_view name, std::uint64_t seed);

}  // namespace boxfeed
