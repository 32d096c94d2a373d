#pragma once

#include <string>
#include <vector>

namespace boxfeed {

/// The files below `folder`, as paths relative to it in alphabetical order, whose extension is one of `extensions`
/// (with the dot, in lower case; upper case in the name counts too). Throws: `Error` with `kNotFound` or `kIoOpen`.
std::vector<std::string> list_files(const std::string& folder, const std::vector<std::string>& extensions,
                                    bool recursive);

}  // namespace boxfeed
