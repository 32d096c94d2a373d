#pragma once

#include <torch/torch.h>

#include "model/head.h"
#include "training/truth.h"

namespace localization {

/// How badly each example of a batch is predicted: the sum over all that is learned of
///
/// - boxes: the GIoU loss, twice smooth L1, half of the smooth L1 of what each cell within the box says by itself, and
/// a
///   tenth of -log(the weight of these cells), which leads the network to the object before it can measure it;
/// - keypoints that are there: four times smooth L1, and the last of these, their cells being those around the point;
/// and whether they are
///   there, if that is learned: cross entropy;
/// - classes: cross entropy; numbers: smooth L1.
///
/// Shape: (B). Units: boxes and keypoints in fractions, numbers standardized.
torch::Tensor loss_of(const Prediction& prediction, const Truth& truth);

}  // namespace localization
