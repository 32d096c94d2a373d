#include "data/records.h"

#include <optional>
#include <string>

namespace boxfeed {
namespace {

constexpr std::size_t kMaxReported = 20;

}  // namespace

void check_image_files(const AnnotationTable& table, const Folder& folder) {
  std::string report;
  std::size_t bad = 0;
  std::optional<Reason> reason;
  for (std::size_t i = 0; i < table.size(); ++i) {
    try {
      folder.open(table.name(i));
    } catch (const Error& error) {
      if (!reason) reason = error.reason();
      if (bad++ >= kMaxReported) continue;
      const auto placed = ImageError(error.reason(), folder.path_of(table.name(i)), error.what()).at(table.place(i));
      report += (report.empty() ? "" : "\n") + std::string(placed.what());
    }
  }
  if (!reason) return;
  if (bad > kMaxReported) {
    report += "\n… " + std::to_string(bad) + " of " + std::to_string(table.size()) + " images in all";
  }
  throw Error(*reason, report, table.path());
}

AnnotationTable record_in_image(const AnnotationTable& table, std::size_t index, BoxPolicy policy, ImageSize image) {
  const auto record = table.subset({index});
  if (record.boxes(0).empty()) return record;
  return apply_box_policy(record, policy.keep_empty(true), {image}).table;
}

}  // namespace boxfeed
