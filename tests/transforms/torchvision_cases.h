#pragma once

#include <boxfeed/transforms/pipeline.h>

#include <string>
#include <vector>

namespace boxfeed::testing {

using namespace transforms;

/// A pipeline that torchvision repeats with the numbers that were drawn.
struct TorchvisionCase {
  std::string name;
  Pipeline pipeline;
  int draws = 10;
  /// Pixels must agree to this many gray levels …
  double levels = 1;
  /// … or, where that is below 0, to this PSNR away from the edges of what is seen.
  double psnr = 0;
};

std::vector<TorchvisionCase> torchvision_cases();

/// What all of them are given.
SampleGeometry torchvision_sample();

}  // namespace boxfeed::testing
