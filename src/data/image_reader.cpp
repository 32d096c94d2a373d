#include "data/image_reader.h"

#include <boxfeed/core/error.h>
#include <boxfeed/image/image_decoder.h>
#include <boxfeed/image/image_header.h>
#include <boxfeed/image/resampler.h>
#include <boxfeed/transforms/renderer.h>
#include <xxhash.h>

#include <atomic>
#include <exception>
#include <filesystem>
#include <opencv2/core.hpp>
#include <optional>
#include <stdexcept>
#include <utility>

#include "data/cache_rules.h"
#include "data/fingerprint.h"
#include "data/hook.h"
#include "data/options.h"
#include "image/image_cache.h"

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

/// An image of an example: what is known of it by now.
struct ImageReader::Session::File {
  std::string name;
  std::string path;
  std::vector<std::uint8_t> bytes;
  ImageHeader header;
  /// With a cache only. Without a stamp the file is not there, and its reading will say so.
  CacheKey key;
  std::optional<FileStamp> stamp;
  bool is_cached = false;
  CachedImage cached;
  PixelBuffer cached_pixels;
};

struct ImageReader::Workspace {
  explicit Workspace(const DatasetOptions& options) : decoder(options.decode(), static_cast<int>(options.channels())) {}

  std::vector<Session::File> files;
  ImageDecoder decoder;
  Renderer renderer;
  Resampler reducer;
  PixelBuffer reduced;
  cv::Mat rendered;
};

/// What a reader knows of its cache.
struct ImageReader::Cache {
  Cache(const Folder& folder, const DatasetOptions& options)
      : images(make_image_cache(*options.cache())), keeps_outputs(!moves_at_random(options)) {
    const std::string what = std::filesystem::absolute(folder.path()).lexically_normal().string() + '\n' +
                             cache_settings(options, keeps_outputs);
    seed = XXH3_64bits(what.data(), what.size());
  }

  CacheKey key_of(std::string_view name) const {
    const auto hash = XXH3_128bits_withSeed(name.data(), name.size(), seed);
    return {hash.low64, hash.high64};
  }

  void keep(const CacheKey& key, const std::optional<FileStamp>& stamp, const CachedImage& image) const {
    try {
      if (stamp) images->keep(key, *stamp, image);
    } catch (const std::exception&) {
      // No memory for it: the example itself is there.
    }
  }

  const std::unique_ptr<ImageCache> images;
  /// True where nothing random moves images: then the output's own pixels are kept.
  const bool keeps_outputs;
  std::uint64_t seed = 0;
  std::atomic<std::uint64_t> served{0};
  std::atomic<std::uint64_t> decoded{0};
};

ImageReader::ImageReader(const std::string& folder, const DatasetOptions& options)
    : folder_(folder, options.allow_outside_root()), options_(options), writer_(writer_options(options)) {
  if (options.cache()) cache_ = std::make_unique<Cache>(folder_, options_);
}

ImageReader::~ImageReader() = default;

CacheStats ImageReader::cache_stats() const {
  if (cache_ == nullptr) return {};
  CacheStats stats = cache_->images->stats();
  stats.served = cache_->served;
  stats.decoded = cache_->decoded;
  return stats;
}

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
  file.name = name;
  file.path = reader_.folder_.path_of(name);
  if (reader_.cache_ != nullptr) {
    auto& cache = *reader_.cache_;
    file.stamp = reader_.folder_.stamp(name);
    file.key = cache.key_of(name);
    file.is_cached = file.stamp && cache.images->find(file.key, *file.stamp, file.cached_pixels, file.cached);
    clock_.lap(Stage::kRead);
    if (file.is_cached) return file.cached.displayed;
  }
  read(file);
  return file.header.displayed();
}

void ImageReader::Session::read(File& file) {
  try {
    reader_.folder_.read(file.name, file.bytes, reader_.options_.max_file_bytes());
  } catch (const Error& error) {
    throw ImageError(error.reason(), file.path, error.what());
  }
  clock_.lap(Stage::kRead);
  file.header = read_image_header(file.bytes, space_->decoder.options(), file.path);
  clock_.lap(Stage::kDecode);
}

void ImageReader::Session::read_as_planned(File& file, const Plan& plan) {
  if (!file.is_cached) return;
  read(file);
  if (file.header.displayed() == plan.source) return;
  throw ImageError(Reason::kSizeMismatch, file.path,
                   "expected " + to_string(plan.source) + ", got " + to_string(file.header.displayed()) +
                       ": the file was changed while it was read");
}

const std::string& ImageReader::Session::path(std::size_t k) const { return space_->files.at(k).path; }

const cv::Mat& ImageReader::Session::render_file(File& file, const Plan& plan) {
  const DecodedImage image = space_->decoder.decode_stored(file.bytes, plan.decode_size(), file.path, file.header);
  clock_.lap(Stage::kDecode);
  space_->renderer.resample(plan, image.pixels, image.to_displayed, space_->rendered);
  return space_->rendered;
}

const cv::Mat& ImageReader::Session::render_exact(File& file, const Plan& plan) {
  auto& cache = *reader_.cache_;
  const std::uint64_t view = view_of(plan);
  const auto& cached = file.cached.pixels;
  const bool is_same = file.is_cached && file.cached.view == view && cached.rows == plan.size.height &&
                       cached.cols == plan.size.width && cached.channels() == reader_.options_.channels();
  if (is_same) {
    ++cache.served;
    if (plan.colors.empty() && !reader_.options_.transform()) return cached;
    cached.copyTo(space_->rendered);  // the cache's own pixels are not to be changed
    return space_->rendered;
  }
  ++cache.decoded;
  read_as_planned(file, plan);
  const cv::Mat& rendered = render_file(file, plan);
  cache.keep(file.key, file.stamp, {rendered, plan.source, PlaneMap(), view});
  return rendered;
}

const cv::Mat& ImageReader::Session::render_reduced(File& file, const Plan& plan) {
  auto& cache = *reader_.cache_;
  const ImageSize size = cached_size(plan.source, reader_.options_), needed = plan.decode_size();
  if (needed.height > size.height || needed.width > size.width) {
    ++cache.decoded;
    read_as_planned(file, plan);
    return render_file(file, plan);
  }
  const double across = static_cast<double>(plan.source.width) / static_cast<double>(size.width);
  const double down = static_cast<double>(plan.source.height) / static_cast<double>(size.height);
  CachedImage image{{}, plan.source, PlaneMap::scale(across, down), 0};
  const auto& cached = file.cached.pixels;
  if (file.is_cached && cached.rows == size.height && cached.cols == size.width) {
    ++cache.served;
    image.pixels = cached;
  } else {
    ++cache.decoded;
    read_as_planned(file, plan);
    const DecodedImage decoded = space_->decoder.decode_stored(file.bytes, size, file.path, file.header);
    clock_.lap(Stage::kDecode);
    image.pixels = space_->reduced.take(size, decoded.pixels.channels());
    space_->reducer.resample(decoded.pixels, image.to_displayed.inverse() * decoded.to_displayed, image.pixels);
    cache.keep(file.key, file.stamp, image);
  }
  space_->renderer.resample(plan, image.pixels, image.to_displayed, space_->rendered);
  return space_->rendered;
}

cv::Mat ImageReader::Session::render(std::size_t k, const Plan& plan) {
  auto& file = space_->files.at(k);
  cv::Mat colored = reader_.cache_ == nullptr       ? render_file(file, plan)
                    : reader_.cache_->keeps_outputs ? render_exact(file, plan)
                                                    : render_reduced(file, plan);
  clock_.lap(Stage::kGeometry);
  if (plan.colors.empty()) return colored;
  call_hook("pipeline", file.path, [&] { apply_colors(plan, colored); });
  clock_.lap(Stage::kColor);
  return colored;
}

void ImageReader::Session::write(cv::Mat pixels, void* row) {
  const auto& options = reader_.options_;
  const auto& path = space_->files.at(0).path;
  if (options.transform()) {
    call_hook("transform", path, [&] { options.transform()(pixels); });
    clock_.lap(Stage::kColor);
  }
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
  auto* values = static_cast<float*>(row);
  if (pixels.depth() == CV_8U || decoded_floats) {
    reader_.writer_.write(pixels, row);
  } else if (pixels.depth() != CV_32F || options.dtype() != c10::ScalarType::Float) {
    throw ImageError(Reason::kHook, path,
                     std::string("expected 8-bit pixels") +
                         (options.dtype() == c10::ScalarType::Float ? " or 32-bit floats" : "") +
                         " from the transform, got " + cv::typeToString(pixels.type()));
  } else if (options.memory_format() == c10::MemoryFormat::ChannelsLast) {
    pixels.copyTo(cv::Mat(height, width, pixels.type(), values));
  } else {
    for (int channel = 0; channel < channels; ++channel) {
      cv::Mat plane(height, width, CV_32F, values + std::ptrdiff_t{channel} * height * width);
      cv::extractChannel(pixels, plane, channel);
    }
  }
  clock_.lap(Stage::kWrite);
}

}  // namespace boxfeed
