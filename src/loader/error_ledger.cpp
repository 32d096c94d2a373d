#include "loader/error_ledger.h"

#include <algorithm>
#include <map>

namespace boxfeed::detail {
namespace {

constexpr std::size_t kMaxListed = 10000;
constexpr std::size_t kMaxShown = 20;

std::string reason_of(const LoadError& error) { return error.reason ? reason_name(*error.reason) : "other"; }

}  // namespace

LoadError described(const PlaceError& error, std::uint64_t epoch) {
  LoadError entry;
  entry.epoch = epoch;
  entry.index = error.index;
  try {
    std::rethrow_exception(error.error);
  } catch (const Error& thrown) {
    entry.reason = thrown.reason();
    entry.message = thrown.what();
    entry.path = thrown.path();
  } catch (const std::exception& thrown) {
    entry.message = thrown.what();
  } catch (...) {
    entry.message = "an exception that is not a std::exception";
  }
  return entry;
}

void ErrorLedger::begin_epoch(std::uint64_t epoch, std::uint64_t failed_before) {
  epoch_ = epoch;
  failed_ = failed_before;
}

void ErrorLedger::note(const PlaceError& error) {
  ++failed_;
  if (errors_.size() < kMaxListed) errors_.push_back(described(error, epoch_));
}

void ErrorLedger::check(const ErrorBudget& budget, std::size_t examples) const {
  const std::size_t allowed = budget.allowed(examples);
  if (failed_ <= allowed) return;
  std::map<std::string, std::size_t> counts;
  std::string cases;
  std::size_t shown = 0;
  for (const auto& error : errors_) {
    if (error.epoch != epoch_) continue;
    ++counts[reason_of(error)];
    if (shown == kMaxShown) continue;
    ++shown;
    cases += "\n  " + error.message;
  }
  std::vector<std::pair<std::string, std::size_t>> reasons(counts.begin(), counts.end());
  std::stable_sort(reasons.begin(), reasons.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text = std::to_string(failed_) + (failed_ == 1 ? " example" : " examples") + " of epoch " +
                     std::to_string(epoch_) + " could not be loaded, allowed are " + std::to_string(allowed) +
                     " (max_errors: " + budget.text() + ")";
  for (const auto& [reason, count] : reasons) {
    text += (reason == reasons.front().first ? ": " : ", ") + std::to_string(count) + " " + reason;
  }
  throw Error(Reason::kErrorBudget, text + cases);
}

}  // namespace boxfeed::detail
