#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace localization {

/// Throws: `std::invalid_argument` for a word in the place of the command that is none, with the command that may be
/// meant.
void check_command(const CLI::App& app, const std::string& word);

/// Throws: `std::invalid_argument` for the first option that the command, which was parsed, does not have, with the one
/// that may be meant.
void refuse_unknown_options(const CLI::App& app);

}  // namespace localization
