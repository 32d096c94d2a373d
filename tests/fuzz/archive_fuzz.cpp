// An archive of any bytes is listed or refused; each of its files is read, as far as it is as large as it says, or
// refused.
#include <boxfeed/core/error.h>
#include <boxfeed/core/file.h>

#include <stdexcept>
#include <vector>

#include "core/archive.h"
#include "fuzz/fuzz.h"
#include "fuzz/memory_file.h"

BOXFEED_FUZZ(archive) {
  using namespace boxfeed;
  const fuzz::MemoryFile memory(data, size);
  try {
    const Archive archive(memory.path());
    std::vector<std::uint8_t> bytes;
    for (const auto& name : archive.names()) {
      try {
        auto file = archive.open(name, name);
        const auto expected = file.size();
        file.read_all(bytes, std::uint64_t{1} << 20);
        if (bytes.size() != expected) throw std::logic_error("not as many bytes as the archive says");
      } catch (const Error& error) {
        if (error.reason() == Reason::kNotFound) throw std::logic_error("a name that is listed and not found");
      }
    }
  } catch (const Error&) {
    return;
  }
}
