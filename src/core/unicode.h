#pragma once

#include <string>
#include <string_view>

namespace boxfeed {

/// The UTF-8 text `text` with every letter that has a mark as the letter and the mark behind it (Unicode's form NFD),
/// as some systems write the names of files: "\xC3\x84" becomes "A\xCC\x88". What is not UTF-8 stays as it is.
std::string decomposed(std::string_view text);

}  // namespace boxfeed
