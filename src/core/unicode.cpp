#include "core/unicode.h"

#include <utf8proc.h>

#include <cstdlib>
#include <memory>

namespace boxfeed {

std::string decomposed(std::string_view text) {
  utf8proc_uint8_t* form = nullptr;
  const auto size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), static_cast<utf8proc_ssize_t>(text.size()),
                   &form, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_DECOMPOSE));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(form, &std::free);
  if (size < 0) return std::string(text);  // it is no UTF-8
  return {reinterpret_cast<const char*>(form), static_cast<std::size_t>(size)};
}

}  // namespace boxfeed
