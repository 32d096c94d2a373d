// A safetensors file of any bytes is read or refused. What is read covers the data, and is the same when written again.
#include <boxfeed/core/error.h>

#include <stdexcept>
#include <string_view>

#include "fuzz/fuzz.h"
#include "model/safetensors.h"

BOXFEED_FUZZ(safetensors) {
  using namespace localization;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Safetensors file;
  try {
    file = parse_safetensors(bytes, "fuzz");
  } catch (const boxfeed::Error&) {
    return;
  }
  const char* end = file.entries.empty() ? bytes.data() + bytes.size() : file.entries.front().data.data();
  for (const auto& entry : file.entries) {
    if (entry.data.data() != end) throw std::logic_error("data that does not follow the data before");
    end += entry.data.size();
  }
  if (end != bytes.data() + bytes.size()) throw std::logic_error("data of nobody");
  const auto written = format_safetensors(file);
  const auto again = parse_safetensors(written, "written");
  if (again.metadata != file.metadata || again.entries.size() != file.entries.size()) {
    throw std::logic_error("something else was written");
  }
  if (format_safetensors(again) != written) throw std::logic_error("written otherwise");
}
