#pragma once

#include <boxfeed/core/error.h>

#include <utility>

#include "support/catch.h"

namespace boxfeed::testing {

/// The error that `call` throws.
template <typename Call>
Error error_of(Call&& call) {
  try {
    std::forward<Call>(call)();
  } catch (const Error& error) {
    return error;
  }
  FAIL("nothing was thrown");
  throw 0;
}

}  // namespace boxfeed::testing
