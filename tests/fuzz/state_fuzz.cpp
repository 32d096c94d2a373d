// A loader's state of any text is read or refused. What is read is written as it was.
#include <boxfeed/core/error.h>

#include <stdexcept>
#include <string>

#include "fuzz/fuzz.h"
#include "loader/loader_state.h"

BOXFEED_FUZZ(state) {
  using namespace boxfeed;
  using namespace boxfeed::detail;
  LoaderState state;
  try {
    state = state_from_json(std::string(reinterpret_cast<const char*>(data), size));
  } catch (const Error&) {
    return;
  }
  const std::string written = to_json(state);
  if (to_json(state_from_json(written)) != written) throw std::logic_error("another state out of its own text");
  try {
    const LoaderState here = in_steps_of(state.identity, state);
    if (here.epoch != state.epoch || here.batch != state.batch)
      throw std::logic_error("another place in the same loader");
  } catch (const Error&) {
    // An identity that no loader has.
  }
}
