#include "data/target.h"

#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/annotations/csv.h>
#include <boxfeed/core/error.h>

#include <string>
#include <vector>

#include "support/catch.h"
#include "support/temporary_folder.h"

using boxfeed::testing::TemporaryFolder;
using Catch::Matchers::ContainsSubstring;
using localization::one_object_each;
using localization::target_of;
using localization::TargetKind;

namespace {

boxfeed::AnnotationTable table_of(const std::string& csv) {
  const TemporaryFolder folder;
  return boxfeed::group_by_image(boxfeed::read_csv(folder.write("data.csv", csv)));
}

std::vector<std::string> names_of(const boxfeed::CsvLayout& layout) {
  std::vector<std::string> names;
  for (const auto& column : layout.columns) names.push_back(column.name);
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("what is learned follows from the columns") {
  const auto box = target_of(table_of("image,x,y,h,w\na.jpg,1,2,30,40\n"));
  CHECK(box.description() == "one box an image");
  const auto classes = target_of(table_of("image,x,y,h,w,class\na.jpg,1,2,30,40,cat\nb.jpg,1,2,30,40,dog\n"));
  CHECK(classes.box);
  CHECK(classes.classes == Names{"cat", "dog"});
  CHECK(classes.description() == "one box an image; its class, 2 classes (cat, dog)");
  const auto points = target_of(table_of("image,nose_x,nose_y,ear_x,ear_y\na.jpg,1,2,3,4\n"));
  CHECK_FALSE(points.box);
  CHECK(points.keypoints == Names{"nose", "ear"});
  CHECK_FALSE(points.visibility);
  const auto numbers = target_of(table_of("image,age,weight\na.jpg,30,70\nb.jpg,40,80\n"));
  REQUIRE(numbers.numbers.size() == 2);
  CHECK(numbers.numbers[1].name == "weight");
  CHECK(numbers.description() == "2 numbers (age, weight)");
}

TEST_CASE("one class for all is nothing to be learned") {
  const auto target = target_of(table_of("image,x,y,h,w,class\na.jpg,1,2,30,40,cat\nb.jpg,1,2,30,40,cat\n"));
  CHECK(target.box);
  CHECK(target.classes.empty());
}

TEST_CASE("whether keypoints are there is learned where some are not") {
  const std::string header = "image,nose_x,nose_y,nose_v\n";
  CHECK_FALSE(target_of(table_of(header + "a.jpg,1,2,2\nb.jpg,1,2,1\n")).visibility);
  const auto some = target_of(table_of(header + "a.jpg,1,2,2\nb.jpg,0,0,0\n"));
  CHECK(some.visibility);
  CHECK(some.description() == "1 keypoint (nose) and which of them are there");
}

TEST_CASE("numbered keypoints have their numbers for names, and of many the first are told") {
  std::string header = "image", row = "a.jpg";
  for (int k = 1; k <= 8; ++k) {
    header += ",x" + std::to_string(k) + ",y" + std::to_string(k);
    row += ",1,2";
  }
  const auto target = target_of(table_of(header + "\n" + row + "\n"));
  CHECK(target.keypoints == Names{"1", "2", "3", "4", "5", "6", "7", "8"});
  CHECK_THAT(target.description(), ContainsSubstring("8 keypoints (1, 2, 3, 4, 5, 6, "));
}

TEST_CASE("a part of the columns may be asked for") {
  const auto table = table_of("image,x,y,h,w,score,nose_x,nose_y\na.jpg,1,2,30,40,0.5,7,8\n");
  CHECK(target_of(table).description() == "one box an image; 1 keypoint (nose); 1 number (score)");
  CHECK(target_of(table, TargetKind::kBox).description() == "one box an image");
  CHECK(target_of(table, TargetKind::kKeypoints).description() == "1 keypoint (nose)");
  CHECK(target_of(table, TargetKind::kNumbers).description() == "1 number (score)");
  const auto only_box = table_of("image,x,y,h,w\na.jpg,1,2,30,40\n");
  CHECK_THROWS_WITH(target_of(only_box, TargetKind::kKeypoints), ContainsSubstring("expected keypoints"));
  CHECK_THROWS_AS(target_of(only_box, TargetKind::kNumbers), boxfeed::AnnotationError);
}

TEST_CASE("the largest object of an image is kept, with all that belongs to it") {
  const auto table = table_of(
      "image,x,y,h,w,class,nose_x,nose_y,score\n"
      "a.jpg,1,2,30,40,cat,5,6,0.25\n"
      "b.jpg,1,2,9,9,dog,7,8,0.5\n"
      "a.jpg,10,20,60,40,dog,11,12,0.75\n");
  const auto target = target_of(table);
  const auto one = one_object_each(table, target);
  CHECK(one.several == 1);
  CHECK(one.without == 0);
  REQUIRE(one.table.size() == 2);
  CHECK(one.table.name(0) == "a.jpg");
  CHECK(one.table.line(0) == 4);
  CHECK(one.table.boxes(0)[0] == boxfeed::Box{10, 20, 50, 80});
  CHECK(one.table.class_ids(0)[0] == 1);
  CHECK(one.table.keypoints(0)[0].x == 11);
  CHECK(one.table.numbers(0)[0] == 0.75F);
  CHECK(names_of(one.table.label_layout()) ==
        Names{"xmin", "ymin", "xmax", "ymax", "class", "nose_x", "nose_y", "nose_v", "score"});
}

TEST_CASE("only what is learned is kept of the labels") {
  const auto table = table_of("image,x,y,h,w,score\na.jpg,1,2,30,40,0.5\n");
  const auto one = one_object_each(table, target_of(table, TargetKind::kNumbers));
  CHECK(one.table.boxes(0).empty());
  CHECK(one.table.numbers(0)[0] == 0.5F);
  CHECK(names_of(one.table.label_layout()) == Names{"score"});
}

TEST_CASE("numbers get the mean and the deviation of the training set, which is never 0") {
  const auto table = table_of("image,a,b\n1.jpg,1,5\n2.jpg,3,5\n3.jpg,8,5\n");
  auto target = target_of(table);
  localization::standardize(target, table);
  CHECK(target.numbers[0].mean == Approx(4));
  CHECK(target.numbers[0].std == Approx(std::sqrt((9. + 1 + 16) / 3)));
  CHECK(target.numbers[1].mean == Approx(5));
  CHECK(target.numbers[1].std == 1);
}

TEST_CASE("keypoints that a mirrored image exchanges are known by left and right") {
  using Pairs = std::vector<std::array<std::size_t, 2>>;
  CHECK(localization::flip_pairs({"nose", "left_eye", "right_eye", "ear right", "ear left"}) == Pairs{{1, 2}, {4, 3}});
  CHECK(localization::flip_pairs({"LeftEye", "RightEye"}) == Pairs{{0, 1}});
  CHECK(localization::flip_pairs({"left_eye", "nose"}).empty());
}
