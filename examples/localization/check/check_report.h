#pragma once

#include <string>
#include <vector>

#include "check/dataset_check.h"

namespace localization {

/// The report for people: what was counted, then each finding with its file, line and image. Notes of one kind are one
/// line.
std::vector<std::string> lines_of(const DatasetReport& report);

/// All of the report as JSON.
std::string json_of(const DatasetReport& report);

}  // namespace localization
