#pragma once

#include <boxfeed/annotations/annotation_record.h>
#include <boxfeed/annotations/box_policy.h>
#include <boxfeed/core/image_size.h>
#include <boxfeed/image/cache_options.h>
#include <boxfeed/image/decode_options.h>
#include <boxfeed/image/resize.h>
#include <boxfeed/transforms/pipeline.h>
#include <c10/core/MemoryFormat.h>
#include <c10/core/ScalarType.h>
#include <torch/arg.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <vector>

namespace boxfeed {

/// Preprocesses an image after it was resized and before it becomes a tensor: (H, W) or (H, W, C) in RGB order, 8 bits.
/// It may change the pixels or put another matrix there, of the same size and number of channels, with 8-bit values or
/// with floats; floats are taken as they are, without the division by 255 and the normalization. Where images are
/// decoded to floats (`DecodeOptions::pixel_type`), it sees floats from 0 to 255, and what it leaves is divided and
/// normalized. It is called from several threads at once.
using ImageTransform = std::function<void(cv::Mat&)>;

/// Preprocesses a target: the label columns in the file's order, boxes already in the units asked for.
/// It is called from several threads at once.
using TargetTransform = std::function<std::vector<float>(const std::vector<float>&)>;

/// Keypoints that change places in a mirrored image, two and two.
using FlipPairs = std::vector<std::array<std::size_t, 2>>;

/// How a dataset makes tensors of its images and labels.
class DatasetOptions {
  /// The height and width of every image that the dataset delivers; `image_size(244)` is a square.
  TORCH_ARG(ImageSize, image_size) = ImageSize{244, 244};
  /// 3 (red, green, blue) or 1 (gray).
  TORCH_ARG(std::int64_t, channels) = 3;
  /// `torch::kFloat32`: values in [0, 1], then (value - mean) / std; or `torch::kUInt8`: the pixels as they are.
  TORCH_ARG(c10::ScalarType, dtype) = c10::ScalarType::Float;
  /// One value a channel, or one for all, from 0 to 1, where 1 is white (so 0.485, not 123.7); float32 only.
  TORCH_ARG(std::vector<float>, mean);
  /// The standard deviations to divide by, above 0 and at most 1, in the units of `mean`.
  TORCH_ARG(std::vector<float>, std);
  /// `Contiguous` for (C, H, W) in memory, `ChannelsLast` for (H, W, C); the shape is (C, H, W) either way.
  TORCH_ARG(c10::MemoryFormat, memory_format) = c10::MemoryFormat::Contiguous;
  /// What is done to every image and its labels, with random numbers of the example's own, and how pixels are
  /// resampled: see `Pipeline`. What it ends with is brought to `image_size` as `resize_mode` says, in the same single
  /// resampling. A `Normalize` in it makes floats, so that `mean` and `std` must not be given, too.
  TORCH_ARG(transforms::Pipeline, pipeline);
  /// Keypoints of an object, counted from 0, that a mirrored image exchanges: left eye and right eye, for instance.
  TORCH_ARG(FlipPairs, flip_pairs);
  /// How an image of another aspect ratio comes to `image_size`.
  TORCH_ARG(ResizeMode, resize_mode) = ResizeMode::kStretch;
  /// The units of boxes and keypoints in the target: pixels of the resized image, or fractions of its width and height.
  TORCH_ARG(BoxUnits, box_units) = BoxUnits::kPixels;
  /// What is done about boxes that cannot be used as they are: what the file alone shows, when the dataset is made;
  /// what the image's size shows, when the example is read.
  TORCH_ARG(BoxPolicy, box_policy);
  /// A hook for the image, after the pipeline.
  TORCH_ARG(ImageTransform, transform);
  /// A hook for the label.
  TORCH_ARG(TargetTransform, target_transform);
  /// How many numbers `target_transform` returns, where that is not the number of label columns.
  TORCH_ARG(std::optional<std::int64_t>, target_size);
  /// Limits and choices of decoding. Floats need a float `dtype`.
  TORCH_ARG(DecodeOptions, decode);
  /// Keeps decoded images, so that each is decoded once; none by default. 8-bit pixels only. Where nothing random moves
  /// the images, what is delivered is the same to the bit; else images are reduced first, to `CacheOptions::max_side`,
  /// whether they are in the cache already or not.
  TORCH_ARG(std::optional<CacheOptions>, cache);
  /// True to open every file once when the dataset is made, so that a misspelt name is known before the first epoch.
  TORCH_ARG(bool, check_files) = false;
  /// True to allow absolute names outside of the image folder, and `..` and links that lead out of it. Nothing leads
  /// out of an archive, and names in it are not absolute.
  TORCH_ARG(bool, allow_outside_root) = false;
  /// Larger files are refused before they are read.
  TORCH_ARG(std::uint64_t, max_file_bytes) = std::uint64_t{256} << 20;

 public:
  DatasetOptions& image_size(std::int64_t side) { return image_size(ImageSize{side, side}); }
  DatasetOptions& mean(float value) { return mean(std::vector<float>{value}); }
  DatasetOptions& std(float value) { return std(std::vector<float>{value}); }
  /// `mean({})` is none, and not 0.
  DatasetOptions& mean(std::initializer_list<float> values) { return mean(std::vector<float>(values)); }
  DatasetOptions& std(std::initializer_list<float> values) { return std(std::vector<float>(values)); }
};

}  // namespace boxfeed
