#pragma once

/// The version of these headers, as three numbers and as text.
#define BOXFEED_VERSION_MAJOR 0
#define BOXFEED_VERSION_MINOR 1
#define BOXFEED_VERSION_PATCH 0
#define BOXFEED_VERSION "0.1.0"

/// The version of the library that was linked, as BOXFEED_VERSION has it for its headers. Thread safety: any thread.
extern "C" const char* boxfeed_version() noexcept;
