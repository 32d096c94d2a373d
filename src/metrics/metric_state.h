#pragma once

#include <boxfeed/metrics/running_sum.h>

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace boxfeed::detail {

using Json = nlohmann::ordered_json;

/// The beginning of a metric's state: its name and the format.
Json new_state(const char* metric);

Json to_json(const RunningSum& sum);
Json to_json(const std::vector<RunningSum>& sums);

/// A metric's state as it was written. What is missing or cannot be is an `Error` with `kBadState` that names it.
class StateReader {
 public:
  /// Throws: `Error` with `kBadState` for what is not the state of this metric, `kFormatVersion` for another format.
  StateReader(const std::string& text, const char* metric);

  /// Throws: `Error` where an option was another when the state was written.
  void require(const char* option, const Json& present) const;

  const Json& at(const char* name) const;
  std::int64_t count(const char* name) const;
  std::vector<std::int64_t> counts(const char* name, std::size_t size) const;
  RunningSum sum(const char* name) const;
  std::vector<RunningSum> sums(const char* name) const;

  [[noreturn]] void refuse(const std::string& what) const;

 private:
  RunningSum sum_of(const char* name, const Json& pair) const;

  std::string metric_;
  Json json_;
};

}  // namespace boxfeed::detail
