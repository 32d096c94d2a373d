#include "data/fingerprint.h"

#include <boxfeed/annotations/annotation_table_builder.h>
#include <torch/types.h>

#include "data/coordinate_images.h"
#include "support/catch.h"

using boxfeed::DatasetOptions;
using boxfeed::testing::FortyImages;

TEST_CASE("the fingerprint follows rows and options") {
  FortyImages images;
  const auto dataset = images.dataset();
  CHECK(dataset.fingerprint() == images.dataset().fingerprint());
  CHECK(dataset.fingerprint() != dataset.subset({0, 1}).fingerprint());
  CHECK(dataset.fingerprint() != images.dataset(DatasetOptions().image_size({8, 6})).fingerprint());
  CHECK(dataset.fingerprint() != images.dataset(DatasetOptions().image_size({6, 8}).mean({0.5F})).fingerprint());
}

TEST_CASE("every part of a record counts") {
  const auto fingerprint = [](const boxfeed::AnnotationRecord& record) {
    boxfeed::AnnotationTableInfo info;
    info.class_names = {"cat", "dog"};
    boxfeed::AnnotationTableBuilder builder(info);
    builder.add(record);
    boxfeed::Fingerprint sum;
    sum.add(builder.build());
    return sum.value();
  };
  boxfeed::AnnotationRecord base;
  base.name = "a.jpg";
  base.boxes = {{1, 2, 3, 4}};
  base.class_ids = {0};
  base.numbers = {5};
  base.keypoints = {{6, 7, 1}};
  CHECK(fingerprint(base) == fingerprint(base));
  auto other = base;
  other.name = "b.jpg";
  CHECK(fingerprint(other) != fingerprint(base));
  other = base;
  other.boxes[0].ymax = 4.5F;
  CHECK(fingerprint(other) != fingerprint(base));
  other = base;
  other.class_ids = {1};
  CHECK(fingerprint(other) != fingerprint(base));
  other = base;
  other.numbers = {5.5F};
  CHECK(fingerprint(other) != fingerprint(base));
  other = base;
  other.keypoints[0].visibility = 2;
  CHECK(fingerprint(other) != fingerprint(base));
}
