#!/usr/bin/env bash
# Installs what is missing on a Debian machine, builds, and runs all tests.
# Usage: tests/run.sh [PRESET] [--torch FOLDER | --wheel]     (PRESET: dev by default; asan, tsan)
#        tests/run.sh --all                                   (all that .ci/run does, with more fuzzing and the soak: hours)
#   --torch FOLDER   with that LibTorch instead of Debian's: …/site-packages/torch, a virtual environment that has it, or
#                    LibTorch's own archive, unpacked
#   --wheel          with LibTorch's newest Python wheel, which is installed into the virtual environment build/venv
set -euo pipefail
cd "$(dirname "$0")/.."
preset=dev torch=
while [ $# -gt 0 ]; do
  case $1 in
    --torch) torch=${2:?--torch needs a folder}; shift ;;
    --wheel) torch=build/venv ;;
    --all) exec .ci/run --nightly ;;
    -*) sed -n 's/^# //p' "$0" >&2; exit 2 ;;
    *) preset=$1 ;;
  esac
  shift
done

if [ -z "$torch" ]; then
  cmake/install-packages.sh build torch library trainer tests
  cmake --preset "$preset" > /dev/null
  cmake --build --preset "$preset"
  exec ctest --preset "$preset" --parallel "$(nproc)"
fi

cmake/install-packages.sh build library trainer tests
if [ "$torch" = build/venv ]; then
  cmake/install-packages.sh wheel
  [ -x build/venv/bin/pip ] || python3 -m venv build/venv
  build/venv/bin/pip install --quiet --upgrade torch
fi
for folder in "$torch" "$torch"/lib/python3*/site-packages/torch; do
  [ -e "$folder/share/cmake/Torch/TorchConfig.cmake" ] && break
done
[ -e "$folder/share/cmake/Torch/TorchConfig.cmake" ] || { echo "$torch holds no share/cmake/Torch/TorchConfig.cmake" >&2; exit 1; }
build=build/$preset-torch
cmake --preset "$preset" -B "$build" --fresh -DCMAKE_PREFIX_PATH="$(realpath "$folder")" > /dev/null
cmake --build "$build"
export TSAN_OPTIONS=suppressions=$PWD/tests/tsan.supp
exec ctest --test-dir "$build" --output-on-failure --parallel "$(nproc)"
