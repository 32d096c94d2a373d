// What ops and metrics take for the data that detection_bench.py writes, beside torchvision and pycocotools.
// Usage: detection_bench FOLDER mean_average_precision | nms FILE | batched_nms FILE
#include <ATen/Parallel.h>
#include <boxfeed/metrics/mean_average_precision.h>
#include <boxfeed/ops/nms.h>
#include <torch/types.h>

#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

/// A file of numbers in rows.
torch::Tensor rows_of(const std::string& path, std::int64_t columns) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) throw std::runtime_error("cannot open " + path);
  std::vector<float> values(static_cast<std::size_t>(file.tellg()) / sizeof(float));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(float)));
  return torch::tensor(values).view({-1, columns});
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// The rows of each image, the images' numbers in the first column, ascending.
std::vector<torch::Tensor> by_image(const torch::Tensor& rows, std::int64_t images) {
  std::vector<torch::Tensor> out;
  const auto numbers = rows.select(1, 0).contiguous();
  std::int64_t begin = 0;
  for (std::int64_t image = 0; image < images; ++image) {
    std::int64_t end = begin;
    while (end < rows.size(0) && numbers.data_ptr<float>()[end] == static_cast<float>(image)) ++end;
    out.push_back(rows.narrow(0, begin, end - begin));
    begin = end;
  }
  return out;
}

void mean_average_precision(const std::string& folder) {
  const auto truth = rows_of(folder + "/truth.bin", 6), found = rows_of(folder + "/detections.bin", 7);
  const auto images = truth.select(1, 0).max().item<std::int64_t>() + 1;
  std::vector<boxfeed::DetectionTruth> targets;
  std::vector<boxfeed::DetectionPrediction> preds;
  for (const auto& rows : by_image(truth, images)) {
    targets.push_back({rows.narrow(1, 1, 4).contiguous(), rows.select(1, 5).to(torch::kLong)});
  }
  for (const auto& rows : by_image(found, images)) {
    preds.push_back(
        {rows.narrow(1, 1, 4).contiguous(), rows.select(1, 5).contiguous(), rows.select(1, 6).to(torch::kLong)});
  }
  const auto start = std::chrono::steady_clock::now();
  boxfeed::MeanAveragePrecision metric;
  for (std::size_t i = 0; i < preds.size(); ++i) metric.update(preds[i], targets[i], static_cast<std::int64_t>(i));
  const double updates = seconds_since(start);
  const auto result = metric.compute();
  std::printf("%.4f %.9f %.9f %.9f %.4f\n", seconds_since(start), result.map, result.map_50, result.mar_100, updates);
}

void suppression(const std::string& file, bool batched) {
  const auto rows = rows_of(file, 6);
  const auto boxes = rows.narrow(1, 0, 4).contiguous(), scores = rows.select(1, 4).contiguous();
  const auto labels = rows.select(1, 5).to(torch::kLong);
  double best = 1e9;
  std::int64_t kept = 0;
  for (int round = 0; round < 7; ++round) {
    const auto start = std::chrono::steady_clock::now();
    kept = (batched ? boxfeed::batched_nms(boxes, scores, labels, 0.5) : boxfeed::nms(boxes, scores, 0.5)).numel();
    best = std::min(best, seconds_since(start));
  }
  std::printf("%.6f %lld\n", best, static_cast<long long>(kept));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    at::set_num_threads(1);
    const std::string what = argc > 2 ? argv[2] : "";
    if (argc == 3 && what == "mean_average_precision") {
      mean_average_precision(argv[1]);
    } else if (argc == 4 && (what == "nms" || what == "batched_nms")) {
      suppression(std::string(argv[1]) + "/" + argv[3], what == "batched_nms");
    } else {
      std::fprintf(stderr, "usage: detection_bench FOLDER mean_average_precision | nms FILE | batched_nms FILE\n");
      return 2;
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
