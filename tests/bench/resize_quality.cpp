// How near to Pillow's antialiased resize of the full image the fast ways come: PSNR in dB, the mean over a folder.
// Usage: resize_quality IMAGES REFERENCES     (the references are made by pillow_resize.py)
#include <boxfeed/core/file.h>
#include <boxfeed/image/image_decoder.h>
#include <boxfeed/image/resampler.h>
#include <boxfeed/image/resize.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <vector>

namespace {

using boxfeed::ImageDecoder;
using boxfeed::ImageSize;

double psnr(const cv::Mat& a, const cv::Mat& b) {
  const double error = cv::norm(a, b, cv::NORM_L2SQR) / static_cast<double>(a.total() * a.elemSize());
  return 10 * std::log10(255.0 * 255.0 / std::max(error, 1e-2));  // at most 68 dB, for equal images
}

/// The mean, the worst and the number of what was added.
struct Column {
  const char* name;
  double sum = 0;
  double worst = 1000;

  void add(double value) {
    sum += value;
    worst = std::min(worst, value);
  }
};

cv::Mat resampled(const boxfeed::DecodedImage& image, ImageSize size) {
  cv::Mat out(static_cast<int>(size.height), static_cast<int>(size.width), CV_8UC3);
  boxfeed::Resampler().resample(image.pixels, boxfeed::resize_map(image.header.displayed(), size) * image.to_displayed,
                                out);
  return out;
}

cv::Mat opencv(const cv::Mat& full, ImageSize size, int interpolation) {
  cv::Mat out;
  cv::resize(full, out, cv::Size(static_cast<int>(size.width), static_cast<int>(size.height)), 0, 0, interpolation);
  return out;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 3) {
    std::fprintf(stderr, "usage: resize_quality IMAGES REFERENCES\n");
    return 2;
  }
  Column columns[] = {{"boxfeed, scaled decode, antialiased"},
                      {"boxfeed, full decode, antialiased"},
                      {"cv::resize, full decode, INTER_LINEAR"},
                      {"cv::resize, full decode, INTER_AREA"}};
  ImageDecoder decoder;
  std::vector<std::uint8_t> bytes;
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
    const auto reference_path = std::filesystem::path(argv[2]) / entry.path().stem().concat(".png");
    boxfeed::InputFile(reference_path.string()).read_all(bytes, 256 << 20);
    const cv::Mat reference = decoder.decode(bytes).pixels.clone();
    const ImageSize size{reference.rows, reference.cols};
    boxfeed::InputFile(entry.path().string()).read_all(bytes, 256 << 20);
    columns[0].add(psnr(resampled(decoder.decode(bytes, size), size), reference));
    const auto full = decoder.decode(bytes);
    columns[1].add(psnr(resampled(full, size), reference));
    columns[2].add(psnr(opencv(full.pixels, size, cv::INTER_LINEAR), reference));
    columns[3].add(psnr(opencv(full.pixels, size, cv::INTER_AREA), reference));
    ++count;
  }
  std::printf("%-40s %8s %8s   (%d images)\n", "PSNR against Pillow, dB", "mean", "worst", count);
  for (const auto& column : columns) std::printf("%-40s %8.1f %8.1f\n", column.name, column.sum / count, column.worst);
} catch (const std::exception& error) {
  std::fprintf(stderr, "resize_quality: %s\n", error.what());
  return 1;
}
