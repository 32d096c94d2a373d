#include <boxfeed/core/version.h>

const char* boxfeed_version() noexcept { return BOXFEED_VERSION; }
