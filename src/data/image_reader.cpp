#include "data/image_reader.h"

#include <boxfeed/core/error.h>
#include <boxfeed/image/image_header.h>
#include <boxfeed/image/resampler.h>
#include <boxfeed/transforms/renderer.h>

#include <opencv2/core.hpp>
#include <stdexcept>
#include <utility>

#include "data/dataset_options.h"
#include "data/hook.h"

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

}  // namespace

struct ImageReader::Workspace {
  explicit Workspace(const DatasetOptions& options) : decoder(decode_options(options)), resampler(options.resample()) {}

  std::vector<std::uint8_t> bytes;
  ImageDecoder decoder;
  Resampler resampler;
  Renderer renderer;
  cv::Mat rendered;
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

PlannedExample ImageReader::begin(Workspace& space, const std::string& name, const std::string& path, const Draw& draw,
                                  StageClock& clock) const {
  try {
    folder_.read(name, space.bytes, options_.max_file_bytes());
  } catch (const Error& error) {
    throw ImageError(error.reason(), path, error.what());
  }
  clock.lap(Stage::kRead);
  const ImageHeader header = read_image_header(space.bytes, space.decoder.options(), path);
  clock.lap(Stage::kDecode);
  PlannedExample example = draw(header.displayed(), path);
  clock.lap(Stage::kGeometry);
  return example;
}

cv::Mat ImageReader::render(Workspace& space, const Plan& plan, const std::string& path, StageClock& clock) const {
  const DecodedImage image = space.decoder.decode_stored(space.bytes, plan.decode_size(), path);
  clock.lap(Stage::kDecode);
  if (!options_.pipeline()) {
    space.rendered.create(static_cast<int>(plan.size.height), static_cast<int>(plan.size.width), image.pixels.type());
    space.resampler.resample(image.pixels, plan.map * image.to_displayed, space.rendered);
    clock.lap(Stage::kGeometry);
    return space.rendered;
  }
  space.renderer.resample(plan, image.pixels, image.to_displayed, space.rendered);
  clock.lap(Stage::kGeometry);
  cv::Mat coloured = space.rendered;
  call_hook("pipeline", path, [&] { apply_colours(plan, coloured); });
  clock.lap(Stage::kColour);
  return coloured;
}

PlannedExample ImageReader::read(const std::string& name, const Draw& draw, void* row, StageTimes& times) const {
  const std::string path = folder_.path_of(name);
  Lease lease(*this);
  auto& space = lease.get();
  StageClock clock(times);
  PlannedExample example = begin(space, name, path, draw, clock);
  cv::Mat pixels = render(space, example.plan, path, clock);
  if (options_.transform()) {
    call_hook("transform", path, [&] { options_.transform()(pixels); });
    clock.lap(Stage::kColour);
  }
  write(pixels, path, row);
  clock.lap(Stage::kWrite);
  return example;
}

PlannedExample ImageReader::plan(const std::string& name, const Draw& draw) const {
  StageTimes times;
  StageClock clock(times);
  Lease lease(*this);
  return begin(lease.get(), name, folder_.path_of(name), draw, clock);
}

std::pair<PlannedExample, cv::Mat> ImageReader::explain(const std::string& name, const Draw& draw) const {
  const std::string path = folder_.path_of(name);
  StageTimes times;
  StageClock clock(times);
  Lease lease(*this);
  PlannedExample example = begin(lease.get(), name, path, draw, clock);
  cv::Mat image = render(lease.get(), example.plan, path, clock).clone();
  return {std::move(example), std::move(image)};
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
