#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

#include "data/data_sets.h"
#include "data/labels.h"
#include "distributed/process_group.h"
#include "model/network.h"
#include "training/device.h"
#include "training/metrics.h"

namespace localization {

/// How well a network does on a data set.
struct Evaluation {
  double loss = 0;
  std::vector<Metric> metrics;
  std::vector<Labels> predicted;  ///< of each photograph of this rank, as the next two
  std::vector<Labels> truth;
  std::vector<Metric> scores;
};

struct EvaluationOptions {
  std::size_t batch = 32;  ///< of one rank
  std::size_t workers = 1;
  Device device;
  ProcessGroup group = {};  ///< which share the data set; loss and metrics are those of the whole
  std::size_t max_batches = std::numeric_limits<std::size_t>::max();  ///< only so many, from the beginning
  std::function<void(std::size_t done, std::size_t total)> progress = [](std::size_t, std::size_t) {};
};

/// The same in float32 on the CPU.
Prediction on_cpu(const Prediction& prediction);

/// What the network says, on the CPU, about example i of a batch, in the photograph that `plan` prepared for it.
Labels predicted_labels(const Prediction& prediction, std::int64_t i, const boxfeed::transforms::Plan& plan,
                        const Target& target);

/// Runs the network over all examples in order.
/// Throws: `Stopped`; what the loader throws.
Evaluation evaluate(Network network, const DataSet& data, const Target& target, const Preprocessing& preprocessing,
                    const EvaluationOptions& options);

/// How well one does who gives the same answer to every photograph: the mean of what is true in the training set, and
/// its most frequent class.
std::vector<Metric> trivial_metrics(const DataSets& data);

}  // namespace localization
