#pragma once

#include <chrono>
#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace localization {

/// How the program talks on standard output.
enum class Talk {
  kText,   ///< lines for people, and a line of progress on a terminal
  kJson,   ///< one JSON object a line, for programs
  kQuiet,  ///< nothing
};

/// Standard output. Where a person watches a terminal, its last line shows progress; elsewhere nothing is ever
/// rewritten. Output that nobody takes any more (a closed pipe) is dropped.
class Console {
 public:
  explicit Console(Talk talk = Talk::kText);
  ~Console();
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  /// A line for people; an object {"event": "message", "text": …} for programs.
  void line(const std::string& text);
  /// The same thing twice: `text` for people, and for programs `fields` with "event" in front.
  void say(const std::string& text, const std::string& event, const nlohmann::ordered_json& fields);

  /// Replaces the line of progress, at most 20 times a second: how far a thing is, and what else fits into the line,
  /// the first of `details` first. Nothing happens without a terminal, or on one that cannot rewrite a line.
  void progress(const std::string& what, std::size_t done, std::size_t total,
                const std::vector<std::string>& details = {});

  /// `text` in bold where that can be seen; plain otherwise, and where the environment has NO_COLOR.
  std::string bold(const std::string& text) const;

 private:
  void clear_progress();

  Talk talk_;
  bool rewritable_;
  bool colored_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point next_{};  ///< when progress may be shown again
};

/// Hours, minutes and seconds: "1:02:03", "0:07".
std::string clock_text(double seconds);

/// Makes the three standard streams safe: closed ones are opened on /dev/null, so that no file of ours gets their
/// numbers, and a closed pipe is an error code rather than a signal.
void make_streams_safe();

}  // namespace localization
