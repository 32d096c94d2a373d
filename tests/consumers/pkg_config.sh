#!/bin/sh
# Builds the consumer without CMake, and runs it: pkg_config.sh COMPILER FLAG…, with PKG_CONFIG_PATH where boxfeed.pc is.
set -eu
"$@" "$(dirname "$0")/consumer.cpp" $(pkg-config --cflags --libs boxfeed) -o consumer
./consumer
