#pragma once

#include <boxfeed/data/csv_dataset.h>
#include <torch/types.h>

#include <opencv2/imgcodecs.hpp>
#include <string>
#include <vector>

#include "support/temporary_folder.h"

namespace boxfeed::testing {

/// A folder with PNGs whose pixel (row, column) of image k is red = column, green = row, blue = k.
class CoordinateImages {
 public:
  CoordinateImages() { folder_.write("images/.keep", ""); }

  void add(int k, int height, int width) {
    cv::Mat image(height, width, CV_8UC3);
    for (int row = 0; row < height; ++row) {
      for (int column = 0; column < width; ++column) {
        image.at<cv::Vec3b>(row, column) = cv::Vec3b(static_cast<unsigned char>(k), static_cast<unsigned char>(row),
                                                     static_cast<unsigned char>(column));
      }
    }
    cv::imwrite(folder_ / ("images/" + std::to_string(k) + ".png"), image);
  }

  CsvDataset dataset(const std::string& csv, const DatasetOptions& options = {}) const {
    return CsvDataset(folder_.write("data.csv", csv), folder_ / "images", options);
  }

  const TemporaryFolder& folder() const { return folder_; }

 private:
  TemporaryFolder folder_;
};

/// Forty images of 6 x 8 pixels; image k has the box (k % 4, 1, 2, 3).
class FortyImages : public CoordinateImages {
 public:
  FortyImages() {
    for (int k = 0; k < 40; ++k) {
      add(k, 6, 8);
      csv_ += std::to_string(k) + ".png," + std::to_string(k % 4) + ",1,2,3\n";
    }
  }
  CsvDataset dataset(const DatasetOptions& options = DatasetOptions().image_size({6, 8})) const {
    return CoordinateImages::dataset(csv_, options);
  }

 private:
  std::string csv_ = "image,x,y,h,w\n";
};

/// One example of any epoch, as a batch of one.
template <typename Dataset>
auto load(const Dataset& dataset, const ExampleKey& key, StageTimes* times = nullptr) {
  StageTimes unused;
  const auto builder = dataset.make_batch_builder();
  const auto batch = builder->start(1);
  batch->fill(0, key, times == nullptr ? unused : *times);
  return batch->finish({0});
}

/// The numbers of a tensor, row by row.
inline std::vector<float> values(const torch::Tensor& tensor) {
  const auto flat = tensor.contiguous().to(torch::kFloat32);
  return {flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()};
}

}  // namespace boxfeed::testing
