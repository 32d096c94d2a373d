#pragma once

#include <boxfeed/annotations/csv.h>
#include <boxfeed/core/error.h>

#include <string>

#include "support/catch.h"
#include "support/temporary_folder.h"

/// Texts as files, and what the reader makes of them.
namespace boxfeed::csv_sample {

/// What the reader says about a CSV with this text.
inline AnnotationError refusal(const std::string& text, const CsvOptions& options = {}) {
  testing::TemporaryFolder folder;
  const auto path = folder.write("data.csv", text);
  try {
    read_csv(path, options);
  } catch (const AnnotationError& error) {
    return error;
  }
  FAIL("the CSV was accepted: " << text);
  return {Reason::kSyntax, "", 0, ""};
}

inline AnnotationTable read(const std::string& text, const CsvOptions& options = {}) {
  testing::TemporaryFolder folder;
  return read_csv(folder.write("data.csv", text), options);
}

inline std::string message_of(const AnnotationError& error) {
  return std::string(error.what()).substr(std::string(error.what()).find("data.csv"));
}

}  // namespace boxfeed::csv_sample
