#!/usr/bin/env bash
# Installs what is missing on a Debian machine, builds the trainer and runs it: `localize train`, with the given arguments.
# Without arguments it makes its own data set of photographs with boxes the first time.
set -euo pipefail
project=$(cd "$(dirname "$0")/../.." && pwd)
"$project/cmake/install-packages.sh"
cmake --preset release -S "$project" > /dev/null
cmake --build "$project/build/release" --target localize
exec "$project/build/release/examples/localization/localize" train "$@"
