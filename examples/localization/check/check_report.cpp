#include "check/check_report.h"

#include <boxfeed/core/error.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "data/formatted.h"
#include "data/target.h"

namespace localization {
namespace {

const char* name_of(Severity severity) {
  switch (severity) {
    case Severity::kError: return "error";
    case Severity::kWarning: return "warning";
    case Severity::kNote: return "note";
  }
  return "";
}

std::string number(double value) { return formatted("%.4g", value); }

std::string list_of(const std::vector<std::pair<std::string, std::size_t>>& counts) {
  constexpr std::size_t kShown = 20;
  std::string out;
  for (std::size_t i = 0; i < counts.size() && i < kShown; ++i) {
    out += (i == 0 ? "" : ", ") + counts[i].first + " " + std::to_string(counts[i].second);
  }
  if (counts.size() > kShown) out += " and " + std::to_string(counts.size() - kShown) + " more";
  return out;
}

std::string line_of(const Finding& finding) {
  std::string out = std::string(name_of(finding.severity)) + ": " + finding.file;
  if (finding.line > 0) out += ":" + std::to_string(finding.line);
  if (!finding.image.empty()) out += ": image " + boxfeed::quoted(finding.image);
  return out + ": " + finding.kind + ": " + finding.text;
}

}  // namespace

std::vector<std::string> lines_of(const DatasetReport& report) {
  std::vector<std::string> lines{count_of(report.images, "image")};
  const bool only_others = report.boxes == 0 && report.keypoints + report.numbers > 0;
  if (!only_others) lines.back() += ", " + std::to_string(report.boxes) + (report.boxes == 1 ? " box" : " boxes");
  if (report.keypoints > 0) lines.back() += ", " + count_of(report.keypoints, "keypoint");
  if (report.numbers > 0) lines.back() += ", " + count_of(report.numbers, "number");
  if (report.images_without_boxes > 0 && !only_others) {
    lines.back() += ", " + count_of(report.images_without_boxes, "image") + " without a box";
  }
  if (!report.images_folder.empty()) lines.back() += "; images in " + report.images_folder;
  lines.insert(lines.end(), report.descriptions.begin(), report.descriptions.end());
  if (!report.classes.empty()) lines.push_back("classes: " + list_of(report.classes));
  if (!report.formats.empty()) lines.push_back("formats: " + list_of(report.formats));
  for (const auto& [name, spread] : report.spreads) {
    lines.push_back(name + ": " + number(spread.min) + " to " + number(spread.max) + ", median " +
                    number(spread.median));
  }
  std::map<std::string, std::size_t> notes;
  for (const auto& finding : report.findings) {
    if (finding.severity == Severity::kNote) ++notes[finding.kind];
  }
  for (const auto& finding : report.findings) {
    if (finding.severity != Severity::kNote) {
      lines.push_back(line_of(finding));
    } else if (const auto count = std::exchange(notes[finding.kind], 0); count > 0) {
      lines.push_back(line_of(finding) + (count > 1 ? "; " + std::to_string(count) + " such images in all" : ""));
    }
  }
  const auto is_bad_box = [](const Finding& finding) {
    static const std::set<std::string> kKinds{"inverted", "degenerate", "outside", "outside_all", "keypoint_outside"};
    return finding.severity == Severity::kError && kKinds.count(finding.kind) > 0;
  };
  if (std::any_of(report.findings.begin(), report.findings.end(), is_bad_box)) {
    lines.emplace_back(
        "--clip-boxes clips boxes that leave their images, --drop-bad-boxes leaves out those that cannot be used: in "
        "train and evaluate as well");
  }
  const std::size_t errors = report.count(Severity::kError), warnings = report.count(Severity::kWarning);
  lines.push_back(count_of(errors, "error") + ", " + count_of(warnings, "warning") +
                  (errors > 0 ? ": the data must be mended" : ": nothing that must be mended"));
  return lines;
}

std::string json_of(const DatasetReport& report) {
  using Json = nlohmann::ordered_json;
  const auto counts = [](const std::vector<std::pair<std::string, std::size_t>>& pairs) {
    Json out = Json::object();
    for (const auto& [name, count] : pairs) out[name] = count;
    return out;
  };
  Json spreads = Json::object(), findings = Json::array();
  for (const auto& [name, spread] : report.spreads) {
    spreads[name] = {{"min", spread.min}, {"median", spread.median}, {"max", spread.max}};
  }
  for (const auto& finding : report.findings) {
    findings.push_back({{"severity", name_of(finding.severity)},
                        {"kind", finding.kind},
                        {"file", finding.file},
                        {"line", finding.line},
                        {"image", finding.image},
                        {"text", finding.text}});
  }
  const Json root{{"images", report.images},
                  {"boxes", report.boxes},
                  {"keypoints", report.keypoints},
                  {"numbers", report.numbers},
                  {"images_without_boxes", report.images_without_boxes},
                  {"images_folder", report.images_folder},
                  {"annotations", report.descriptions},
                  {"errors", report.count(Severity::kError)},
                  {"warnings", report.count(Severity::kWarning)},
                  {"notes", report.count(Severity::kNote)},
                  {"classes", counts(report.classes)},
                  {"formats", counts(report.formats)},
                  {"spreads", spreads},
                  {"findings", findings}};
  return root.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace localization
