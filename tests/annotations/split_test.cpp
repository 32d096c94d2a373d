#include <boxfeed/annotations/annotation_table_builder.h>
#include <boxfeed/annotations/split.h>
#include <boxfeed/core/error.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>

#include "support/catch.h"

using namespace boxfeed;

namespace {

/// `n` records of the images img_0 …, each image `rows` times.
AnnotationTable numbered(std::size_t n, std::size_t rows = 1) {
  AnnotationTableBuilder builder;
  AnnotationRecord record;
  for (std::size_t i = 0; i < n * rows; ++i) {
    record.name = "img_" + std::to_string(i % n) + ".jpg";
    builder.add(record);
  }
  return builder.build();
}

std::map<std::string, bool> sides(const AnnotationTable& table, const Split& split) {
  std::map<std::string, bool> out;
  for (const auto i : split.train) out[std::string(table.name(i))] = false;
  for (const auto i : split.validation) {
    CHECK((out.count(std::string(table.name(i))) == 0 || out[std::string(table.name(i))]));
    out[std::string(table.name(i))] = true;
  }
  return out;
}

}  // namespace

TEST_CASE("a split by hash has about the fraction, and every record once") {
  const auto table = numbered(10000);
  const auto split = split_by_hash(table, 0.2, 7);
  // 2000 ± 5 standard deviations of 40.
  CHECK(std::abs(static_cast<int>(split.validation.size()) - 2000) < 200);
  std::set<std::size_t> all(split.train.begin(), split.train.end());
  all.insert(split.validation.begin(), split.validation.end());
  CHECK(all.size() == 10000);
  CHECK(split.train.size() + split.validation.size() == 10000);
  CHECK(split_by_hash(table, 0.2, 8).validation != split.validation);
}

TEST_CASE("new rows move no image, and rows of an image stay together") {
  const auto small = numbered(500), large = numbered(2000, 3);
  const auto before = sides(small, split_by_hash(small, 0.3, 1)), after = sides(large, split_by_hash(large, 0.3, 1));
  CHECK(after.size() == 2000);
  for (const auto& [name, side] : before) CHECK(after.at(name) == side);
}

TEST_CASE("a larger fraction keeps the smaller one's validation images") {
  const auto table = numbered(1000);
  const auto small = split_by_hash(table, 0.1), large = split_by_hash(table, 0.5);
  CHECK(std::includes(large.validation.begin(), large.validation.end(), small.validation.begin(),
                      small.validation.end()));
}

TEST_CASE("fractions outside (0, 1) are refused") {
  CHECK_THROWS_AS(split_by_hash(numbered(3), 0), std::invalid_argument);
  CHECK_THROWS_AS(split_by_hash(numbered(3), 1), std::invalid_argument);
  CHECK_THROWS_AS(split_stratified(numbered(3), std::nan("")), std::invalid_argument);
  CHECK_THROWS_AS(k_fold_splits(numbered(3), 1), std::invalid_argument);
}

TEST_CASE("a stratified split has the fraction of each class") {
  AnnotationTableBuilder builder({"", false, {"common", "rare"}});
  AnnotationRecord record;
  for (int i = 0; i < 110; ++i) {
    record.name = std::to_string(i);
    record.class_ids = {i < 100 ? 0 : 1};
    builder.add(record);
  }
  const auto table = builder.build();
  const auto split = split_stratified(table, 0.2, 3);
  const auto rare = std::count_if(split.validation.begin(), split.validation.end(),
                                  [&](std::size_t i) { return table.class_ids(i)[0] == 1; });
  CHECK(split.validation.size() == 22);
  CHECK(rare == 2);
}

TEST_CASE("groups do not straddle") {
  AnnotationTableBuilder builder;
  AnnotationRecord record;
  for (int i = 0; i < 1000; ++i) {
    record.name = std::to_string(i);
    record.group = "film" + std::to_string(i % 50);
    builder.add(record);
  }
  const auto table = builder.build();
  for (const auto& split : {split_by_hash(table, 0.3, 1), split_stratified(table, 0.3, 1)}) {
    std::set<std::string> train, validation, both;
    for (const auto i : split.train) train.emplace(table.group(i));
    for (const auto i : split.validation) validation.emplace(table.group(i));
    std::set_intersection(train.begin(), train.end(), validation.begin(), validation.end(),
                          std::inserter(both, both.end()));
    CHECK(both.empty());
    CHECK(train.size() + validation.size() == 50);
    CHECK_FALSE(validation.empty());
  }
}

TEST_CASE("the validation parts of k folds are all records, once") {
  const auto table = numbered(1000);
  const auto splits = k_fold_splits(table, 5, 2);
  REQUIRE(splits.size() == 5);
  std::set<std::size_t> all;
  std::size_t sum = 0;
  for (const auto& split : splits) {
    CHECK(split.train.size() + split.validation.size() == 1000);
    CHECK(std::abs(static_cast<int>(split.validation.size()) - 200) < 64);  // 5 standard deviations
    all.insert(split.validation.begin(), split.validation.end());
    sum += split.validation.size();
  }
  CHECK(all.size() == 1000);
  CHECK(sum == 1000);
}

TEST_CASE("the split that a file gives") {
  AnnotationTableBuilder builder;
  AnnotationRecord record;
  for (const auto* part : {"train", "val", "test", "train"}) {
    record.name = part;
    record.split = part;
    builder.add(record);
  }
  const auto table = builder.build();
  const auto split = given_split(table);
  REQUIRE(split);
  CHECK(split->train == std::vector<std::size_t>{0, 3});
  CHECK(split->validation == std::vector<std::size_t>{1});
  CHECK(split->test == std::vector<std::size_t>{2});
  CHECK_FALSE(given_split(numbered(3)));
  CHECK_FALSE(given_split(table.subset({0, 3})));                // nothing is held out
  CHECK_FALSE(given_split(table.subset({1, 2})));                // nothing is for training
  CHECK(given_split(table.subset({0, 2}))->validation.empty());  // the test set is held out
}

TEST_CASE("words and folders that name a part of the data") {
  for (const auto* word : {"train", "Train", "TRAINING", "train2017", "train_1"}) {
    CHECK(split_kind(word) == SplitKind::kTrain);
  }
  for (const auto* word : {"val", "valid", "Validation", "val2017"}) CHECK(split_kind(word) == SplitKind::kValidation);
  for (const auto* word : {"test", "testing", "test2015"}) CHECK(split_kind(word) == SplitKind::kTest);
  for (const auto* word : {"", "trains", "value", "2017", "latest"}) CHECK(split_kind(word) == SplitKind::kNone);
  CHECK(split_of_path("images/val/a.jpg") == "val");
  CHECK(split_of_path("train/images/sub/a.jpg") == "train");
  CHECK(split_of_path("train/val/a.jpg") == "val");
  CHECK(split_of_path("set\\Valid\\a.jpg") == "Valid");
  CHECK(split_of_path("/train2017/a.jpg") == "train2017");
  for (const auto* path : {"a.jpg", "train", "train.jpg", "/a.jpg", "", "trains/a.jpg"})
    CHECK(split_of_path(path).empty());
}

TEST_CASE("the parts of a stratified split are together all records, each once") {
  for (const std::size_t n : {1U, 2U, 7U, 100U}) {
    const auto split = split_stratified(numbered(n, 2), 0.25, 3);
    std::vector<std::size_t> all = split.train, expected;
    all.insert(all.end(), split.validation.begin(), split.validation.end());
    std::sort(all.begin(), all.end());
    for (std::size_t i = 0; i < 2 * n; ++i) expected.push_back(i);
    CHECK(all == expected);
  }
}

TEST_CASE("the hash of a name is the same on every machine") {
  // Computed from the definition by another program, in Python.
  CHECK(split_hash("raccoon-1.jpg", 0) == 0.4044067393988371);
  CHECK(split_hash("raccoon-1.jpg", 7) == 0.8725318345241249);
  CHECK(split_hash("", 0) == 0.29189304052852094);
  CHECK(split_hash("\xC3\x84", 1) == 0.6383682414889336);
}
