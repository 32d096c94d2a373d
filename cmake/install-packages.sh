#!/usr/bin/env bash
# Installs the Debian packages that boxfeed is built with, as far as they are missing; asks for root only then.
# Usage: cmake/install-packages.sh [tests]     (tests: those of the tests, too)
set -euo pipefail
packages=(g++ cmake ninja-build libtorch-dev libopencv-dev libfccp-dev libturbojpeg0-dev libcli11-dev nlohmann-json3-dev
  libxxhash-dev libpugixml-dev libyaml-cpp-dev)
[ "${1:-}" = tests ] && packages+=(catch2)

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f '${db:Status-Status}\n' "$package" 2> /dev/null | grep -qx installed || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo > /dev/null || { echo "Please install as root: apt-get install ${missing[*]}" >&2; exit 1; }
  as_root=(sudo)
fi
echo "Installing: ${missing[*]}"
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null
