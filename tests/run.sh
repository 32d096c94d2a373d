#!/usr/bin/env bash
# Installs what is missing on a Debian machine, builds, and runs all tests.
# Usage: tests/run.sh [PRESET]     (dev by default; asan, tsan)
set -euo pipefail
cd "$(dirname "$0")/.."
preset=${1:-dev}
cmake/install-packages.sh tests
cmake --preset "$preset" > /dev/null
cmake --build --preset "$preset"
ctest --preset "$preset" --parallel "$(nproc)"
