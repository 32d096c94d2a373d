#pragma once

#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/annotations/box_policy.h>
#include <boxfeed/annotations/split.h>
#include <boxfeed/core/error.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "check/dataset_check.h"
#include "data/image_scan.h"

namespace localization {

/// A file that cannot be read at all.
Finding finding_of(const boxfeed::Error& error);

/// The rows without those that give an image another size than its first row does. These, rows that put an image into
/// another part of the data than its first row does, and images that have several annotation files are put into
/// `findings`.
boxfeed::AnnotationTable without_contradictions(const boxfeed::AnnotationTable& rows, std::vector<Finding>& findings);

/// Image files that cannot be used, sizes in the annotations that are not theirs, and what is good to know about them.
void check_images(const boxfeed::AnnotationTable& table, const std::vector<ScannedImage>& images,
                  std::vector<Finding>& findings);

/// Boxes that a training would refuse, repair or leave out, and boxes that are there twice.
void check_boxes(const boxfeed::AnnotationTable& table, const std::vector<ScannedImage>& images,
                 const boxfeed::BoxPolicy& policy, std::vector<Finding>& findings);

/// The table with the boxes that a training would use, as far as the images' sizes are known: what it would refuse is
/// left out.
boxfeed::CheckedTable sound_boxes(const boxfeed::AnnotationTable& table, const std::vector<ScannedImage>& images,
                                  const boxfeed::BoxPolicy& policy);

/// Pictures by their content: those that are there twice, above all in training and validation.
class PictureIndex {
 public:
  void add(const boxfeed::AnnotationTable& table, std::size_t i, const ScannedImage& image, boxfeed::SplitKind part);
  void find(std::vector<Finding>& findings) const;

 private:
  struct Picture {
    boxfeed::ExamplePlace place;
    std::string image;
    boxfeed::SplitKind part;
  };

  std::map<std::array<std::uint64_t, 2>, std::vector<Picture>> by_content_;
};

}  // namespace localization
