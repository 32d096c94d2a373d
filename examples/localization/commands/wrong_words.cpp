#include "commands/wrong_words.h"

#include <boxfeed/core/error.h>

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <utility>
#include <vector>

namespace localization {
namespace {

using Words = std::vector<std::string>;

/// How many letters have to be put in, taken out or replaced to make one word of the other.
std::size_t distance(const std::string& from, const std::string& to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < to.size(); ++j) {
      const auto replaced = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = std::exchange(row[j + 1], std::min({row[j] + 1, row[j + 1] + 1, replaced}));
    }
  }
  return row.back();
}

/// "; did you mean train?", or nothing where no word is near.
std::string suggestion(const std::string& word, const Words& words) {
  constexpr std::size_t kNear = 2;
  const auto nearest = std::min_element(
      words.begin(), words.end(), [&](const auto& a, const auto& b) { return distance(word, a) < distance(word, b); });
  const bool near = nearest != words.end() && distance(word, *nearest) <= kNear;
  return near ? "; did you mean " + *nearest + "?" : "";
}

std::vector<const CLI::App*> all_below(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

/// Those of a command and of its groups.
Words options_of(const CLI::App& app) {
  Words options;
  for (const auto* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) options.push_back("--" + name);
  }
  for (const auto* group : all_below(app)) {
    const auto more = options_of(*group);
    options.insert(options.end(), more.begin(), more.end());
  }
  return options;
}

}  // namespace

void check_command(const CLI::App& app, const std::string& word) {
  std::string list;
  Words commands;
  for (const auto* command : all_below(app)) {
    commands.push_back(command->get_name());
    list += (list.empty() ? "" : ", ") + command->get_name();
  }
  if (word.rfind('-', 0) == 0 || std::find(commands.begin(), commands.end(), word) != commands.end()) return;
  throw std::invalid_argument("expected a command (" + list + "), got " + boxfeed::quoted(word) +
                              suggestion(word, commands));
}

void refuse_unknown_options(const CLI::App& app) {
  for (const auto* command : app.get_subcommands()) {
    for (const auto& word : app.remaining(true)) {
      if (word.rfind("--", 0) != 0) continue;
      throw std::invalid_argument(command->get_name() + " has no option " + word +
                                  suggestion(word.substr(0, word.find('=')), options_of(*command)));
    }
  }
}

}  // namespace localization
