#include <boxfeed/core/available_cpus.h>
#include <boxfeed/loader/loader_stats.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/number_text.h"

namespace boxfeed {
namespace {

/// Below this share of the time, waiting does not matter.
constexpr double kNegligible = 0.03;

std::string percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, share < 0.1 ? "%.1f %%" : "%.0f %%", share * 100);
  return text;
}

/// Which stage took longest, as part of the sentence; nothing where no stage was booked.
std::string slowest_stage(const StageTimes& times) {
  static constexpr const char* kNames[] = {"reading files", "decoding", "resizing", "color", "writing the batch"};
  std::size_t slowest = 0;
  for (std::size_t i = 1; i < StageTimes::kStages; ++i) {
    if (times[static_cast<Stage>(i)] > times[static_cast<Stage>(slowest)]) slowest = i;
  }
  if (times[static_cast<Stage>(slowest)].count() <= 0) return "";
  return std::string("; ") + kNames[slowest] + " is the slowest stage";
}

/// What a cache would hold, where reading and decoding is most of the work; nothing where there is one.
std::string cache_advice(const LoaderStats& stats) {
  StageTimes::Duration all{};
  for (std::size_t i = 0; i < StageTimes::kStages; ++i) all += stats.stages[static_cast<Stage>(i)];
  const auto decoding = stats.stages[Stage::kRead] + stats.stages[Stage::kDecode];
  if (stats.cacheable_bytes == 0 || decoding.count() <= 0 || 2 * decoding < all) return "";
  return "; a cache of the decoded images, of up to " + bytes_text(stats.cacheable_bytes) + ", would help";
}

}  // namespace

std::string verdict(const LoaderStats& stats) { return verdict(stats, available_cpus()); }

std::string verdict(const LoaderStats& stats, std::size_t cpus) {
  if (stats.batches == 0) return "no batch has been loaded yet";
  const double share = stats.wait_share();
  std::string text = "the model waited " + percent(share) + " of the time for data";
  if (stats.workers > 4 * cpus) {
    text += "; " + std::to_string(stats.workers) + " workers are more than four times the " + std::to_string(cpus) +
            (cpus == 1 ? " CPU" : " CPUs");
  }
  if (share < kNegligible) return text + ": loading is fast enough";
  text += slowest_stage(stats.stages);
  // The model alone would take `compute` seconds; so many workers deliver the same examples in that time.
  const double compute = std::max(stats.seconds - stats.waited, 1e-9);
  const double needed = std::min(std::ceil(stats.busy / compute), static_cast<double>(cpus));
  const auto more = needed - static_cast<double>(stats.workers);
  if (more >= 1) {
    char count[32];
    std::snprintf(count, sizeof count, "%.0f", more);
    return text + "; " + count + (more < 2 ? " more worker would help" : " more workers would help");
  }
  if (stats.workers >= cpus) return text + "; every CPU has a worker already" + cache_advice(stats);
  return text + cache_advice(stats) + "; more batches ahead (prefetch) may help";
}

}  // namespace boxfeed
