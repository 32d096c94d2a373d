#pragma once

#include <string>

namespace localization {

/// What printf would write, of any length.
[[gnu::format(printf, 1, 2)]] std::string formatted(const char* format, ...);

}  // namespace localization
