#pragma once

#include <string>
#include <vector>

namespace localization {

/// An option of the library as its messages name it, where `*` stands for any text, and the program's for it.
struct OptionWords {
  std::string library;
  std::string program;
};

/// All options that the library's messages name.
const std::vector<OptionWords>& option_words();

/// A message of the library for somebody who sees the program: with the program's option in the place of each of the
/// library's that stands between backquotes.
std::string in_program_words(const std::string& message);

}  // namespace localization
