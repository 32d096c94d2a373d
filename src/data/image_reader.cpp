#include "data/image_reader.h"

#include <boxfeed/core/error.h>
#include <boxfeed/image/image_decoder.h>
#include <boxfeed/image/image_header.h>
#include <boxfeed/transforms/renderer.h>

#include <opencv2/core.hpp>
#include <stdexcept>
#include <utility>

#include "data/hook.h"
#include "data/options.h"

namespace boxfeed {

using namespace transforms;

namespace {

PixelWriterOptions writer_options(const DatasetOptions& options) {
  return PixelWriterOptions()
      .type(options.dtype() == c10::ScalarType::Byte ? PixelType::kUInt8 : PixelType::kFloat32)
      .layout(options.memory_format() == c10::MemoryFormat::ChannelsLast ? PixelLayout::kInterleaved
                                                                         : PixelLayout::kPlanes)
      .mean(for_each_channel(options.mean(), 0))
      .std(for_each_channel(options.std(), 1));
}

std::string describe(const cv::Mat& image) {
  return std::to_string(image.rows) + " × " + std::to_string(image.cols) + " of " + std::to_string(image.channels());
}

}  // namespace

struct ImageReader::Workspace {
  explicit Workspace(const DatasetOptions& options) : decoder(options.decode(), static_cast<int>(options.channels())) {}

  struct File {
    std::string path;
    std::vector<std::uint8_t> bytes;
    ImageHeader header;
  };
  std::vector<File> files;
  ImageDecoder decoder;
  Renderer renderer;
  cv::Mat rendered;
};

ImageReader::ImageReader(const std::string& folder, const DatasetOptions& options)
    : folder_(folder, options.allow_outside_root()), options_(options), writer_(writer_options(options)) {}

ImageReader::~ImageReader() = default;

ImageReader::Session::Session(const ImageReader& reader, StageTimes& times) : reader_(reader), clock_(times) {
  {
    const std::lock_guard<std::mutex> lock(reader_.mutex_);
    if (!reader_.free_.empty()) {
      space_ = std::move(reader_.free_.back());
      reader_.free_.pop_back();
    }
  }
  if (space_ == nullptr) space_ = std::make_unique<Workspace>(reader_.options_);
}

ImageReader::Session::~Session() {
  const std::lock_guard<std::mutex> lock(reader_.mutex_);
  reader_.free_.push_back(std::move(space_));
}

ImageSize ImageReader::Session::open(std::size_t k, const std::string& name) {
  if (space_->files.size() <= k) space_->files.resize(k + 1);
  auto& file = space_->files[k];
  file.path = reader_.folder_.path_of(name);
  try {
    reader_.folder_.read(name, file.bytes, reader_.options_.max_file_bytes());
  } catch (const Error& error) {
    throw ImageError(error.reason(), file.path, error.what());
  }
  clock_.lap(Stage::kRead);
  file.header = read_image_header(file.bytes, space_->decoder.options(), file.path);
  clock_.lap(Stage::kDecode);
  return file.header.displayed();
}

const std::string& ImageReader::Session::path(std::size_t k) const { return space_->files.at(k).path; }

cv::Mat ImageReader::Session::render(std::size_t k, const Plan& plan) {
  const auto& file = space_->files.at(k);
  const DecodedImage image = space_->decoder.decode_stored(file.bytes, plan.decode_size(), file.path, file.header);
  clock_.lap(Stage::kDecode);
  auto& rendered = space_->rendered;
  space_->renderer.resample(plan, image.pixels, image.to_displayed, rendered);
  clock_.lap(Stage::kGeometry);
  cv::Mat colored = rendered;
  if (plan.colors.empty()) return colored;
  call_hook("pipeline", file.path, [&] { apply_colors(plan, colored); });
  clock_.lap(Stage::kColor);
  return colored;
}

void ImageReader::Session::write(cv::Mat pixels, void* row) {
  const auto& transform = reader_.options_.transform();
  if (transform) {
    call_hook("transform", space_->files.at(0).path, [&] { transform(pixels); });
    clock_.lap(Stage::kColor);
  }
  write_to(pixels, row);
  clock_.lap(Stage::kWrite);
}

void ImageReader::Session::write_to(const cv::Mat& pixels, void* row) const {
  const auto& options = reader_.options_;
  const auto& path = space_->files.at(0).path;
  const auto height = static_cast<int>(options.image_size().height);
  const auto width = static_cast<int>(options.image_size().width);
  const auto channels = static_cast<int>(options.channels());
  if (pixels.rows != height || pixels.cols != width || pixels.channels() != channels) {
    throw ImageError(Reason::kHook, path,
                     "expected " + std::to_string(height) + " × " + std::to_string(width) + " pixels of " +
                         std::to_string(channels) + " channels from the transform, got " + describe(pixels));
  }
  // Floats that were decoded are in the units of pixels.
  const bool decoded_floats = options.decode().pixel_type() == PixelType::kFloat32 && pixels.depth() == CV_32F;
  if (pixels.depth() == CV_8U || decoded_floats) return reader_.writer_.write(pixels, row);
  const bool floats_fit = pixels.depth() == CV_32F && options.dtype() == c10::ScalarType::Float;
  if (!floats_fit) {
    throw ImageError(Reason::kHook, path,
                     std::string("expected 8-bit pixels") +
                         (options.dtype() == c10::ScalarType::Float ? " or 32-bit floats" : "") +
                         " from the transform, got " + cv::typeToString(pixels.type()));
  }
  auto* values = static_cast<float*>(row);
  if (options.memory_format() == c10::MemoryFormat::ChannelsLast) {
    pixels.copyTo(cv::Mat(height, width, pixels.type(), values));
    return;
  }
  for (int channel = 0; channel < channels; ++channel) {
    cv::Mat plane(height, width, CV_32F, values + std::ptrdiff_t{channel} * height * width);
    cv::extractChannel(pixels, plane, channel);
  }
}

}  // namespace boxfeed
