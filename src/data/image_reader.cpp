#include "data/image_reader.h"

#include <boxfeed/core/error.h>
#include <boxfeed/image/image_header.h>

#include <cmath>
#include <exception>
#include <opencv2/core.hpp>
#include <stdexcept>
#include <utility>

#include "data/dataset_options.h"

namespace boxfeed {
namespace {

DecodeOptions decode_options(const DatasetOptions& options) {
  auto decode = options.decode();
  return decode.channels(static_cast<int>(options.channels()));
}

PixelWriterOptions writer_options(const DatasetOptions& options) {
  return PixelWriterOptions()
      .type(options.dtype() == c10::ScalarType::Byte ? PixelType::kUInt8 : PixelType::kFloat32)
      .layout(options.memory_format() == c10::MemoryFormat::ChannelsLast ? PixelLayout::kInterleaved
                                                                         : PixelLayout::kPlanes)
      .mean(for_each_channel(options.mean(), 0))
      .deviation(for_each_channel(options.std(), 1));
}

std::string describe(const cv::Mat& image) {
  return std::to_string(image.rows) + " × " + std::to_string(image.cols) + " of " + std::to_string(image.channels());
}

/// The size at which the whole image appears in the output, which the decoder must not go below.
ImageSize size_in_output(ImageSize displayed, const PlaneMap& to_output) {
  const auto scaled = [](std::int64_t side, double scale) {
    return static_cast<std::int64_t>(std::ceil(static_cast<double>(side) * std::abs(scale) - 1e-6));
  };
  return {scaled(displayed.height, to_output.entries()[4]), scaled(displayed.width, to_output.entries()[0])};
}

}  // namespace

struct ImageReader::Workspace {
  explicit Workspace(const DatasetOptions& options) : decoder(decode_options(options)), resampler(options.resample()) {}

  std::vector<std::uint8_t> bytes;
  ImageDecoder decoder;
  Resampler resampler;
  cv::Mat resized;
};

class ImageReader::Lease {
 public:
  explicit Lease(const ImageReader& reader) : reader_(reader) {
    const std::lock_guard<std::mutex> lock(reader_.mutex_);
    if (!reader_.free_.empty()) {
      workspace_ = std::move(reader_.free_.back());
      reader_.free_.pop_back();
    }
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() {
    if (workspace_ == nullptr) return;
    const std::lock_guard<std::mutex> lock(reader_.mutex_);
    reader_.free_.push_back(std::move(workspace_));
  }

  Workspace& get() {
    if (workspace_ == nullptr) workspace_ = std::make_unique<Workspace>(reader_.options_);
    return *workspace_;
  }

 private:
  const ImageReader& reader_;
  std::unique_ptr<Workspace> workspace_;
};

ImageReader::ImageReader(const std::string& folder, const DatasetOptions& options)
    : folder_(folder, options.allow_outside_root()), options_(options), writer_(writer_options(options)) {}

ImageReader::~ImageReader() = default;

ImageReader::Result ImageReader::read(const std::string& name, void* row, StageTimes& times) const {
  const std::string path = folder_.path_of(name);
  Lease lease(*this);
  auto& space = lease.get();
  StageClock clock(times);
  try {
    folder_.read(name, space.bytes, options_.max_file_bytes());
  } catch (const Error& error) {
    throw ImageError(error.reason(), path, error.what());
  }
  clock.lap(Stage::kRead);

  const ImageSize output = options_.image_size();
  ImageSize at_least = output;
  if (options_.resize_mode() != ResizeMode::kStretch) {
    const auto displayed = read_image_header(space.bytes, space.decoder.options(), path).displayed();
    at_least = size_in_output(displayed, resize_map(displayed, output, options_.resize_mode()));
  }
  const DecodedImage image = space.decoder.decode_stored(space.bytes, at_least, path);
  clock.lap(Stage::kDecode);

  const ImageSize original = image.header.displayed();
  const PlaneMap to_output = resize_map(original, output, options_.resize_mode());
  space.resized.create(static_cast<int>(output.height), static_cast<int>(output.width), image.pixels.type());
  space.resampler.resample(image.pixels, to_output * image.to_displayed, space.resized);
  clock.lap(Stage::kGeometry);

  if (options_.transform()) {
    cv::Mat pixels = space.resized;
    try {
      options_.transform()(pixels);
    } catch (const std::exception& error) {
      std::throw_with_nested(ImageError(Reason::kHook, path, std::string("the transform threw: ") + error.what()));
    }
    clock.lap(Stage::kColour);
    write(pixels, path, row);
  } else {
    write(space.resized, path, row);
  }
  clock.lap(Stage::kWrite);
  return {original, to_output};
}

void ImageReader::write(const cv::Mat& pixels, const std::string& path, void* row) const {
  const auto height = static_cast<int>(options_.image_size().height);
  const auto width = static_cast<int>(options_.image_size().width);
  const auto channels = static_cast<int>(options_.channels());
  if (pixels.rows != height || pixels.cols != width || pixels.channels() != channels) {
    throw ImageError(Reason::kHook, path,
                     "expected " + std::to_string(height) + " × " + std::to_string(width) + " pixels of " +
                         std::to_string(channels) + " channels from the transform, got " + describe(pixels));
  }
  if (pixels.depth() == CV_8U) return writer_.write(pixels, row);
  const bool floats_fit = pixels.depth() == CV_32F && options_.dtype() == c10::ScalarType::Float;
  if (!floats_fit) {
    throw ImageError(Reason::kHook, path,
                     std::string("expected 8-bit pixels") +
                         (options_.dtype() == c10::ScalarType::Float ? " or 32-bit floats" : "") +
                         " from the transform, got " + cv::typeToString(pixels.type()));
  }
  auto* values = static_cast<float*>(row);
  if (options_.memory_format() == c10::MemoryFormat::ChannelsLast) {
    pixels.copyTo(cv::Mat(height, width, pixels.type(), values));
    return;
  }
  for (int channel = 0; channel < channels; ++channel) {
    cv::Mat plane(height, width, CV_32F, values + std::ptrdiff_t{channel} * height * width);
    cv::extractChannel(pixels, plane, channel);
  }
}

}  // namespace boxfeed
