#!/usr/bin/env bash
# Installs the Debian packages that boxfeed is built with, as far as they are missing; asks for root only then.
# Usage: cmake/install-packages.sh [--print] [GROUP…]     (by default what the library and the trainer need; --print only says which)
set -euo pipefail
declare -A packages=(
  [build]="g++ cmake ninja-build libfccp-dev nlohmann-json3-dev libxxhash-dev"
  [torch]="libtorch-dev"
  [library]="libopencv-dev libjpeg-dev libturbojpeg0-dev libpng-dev libtiff-dev libwebp-dev zlib1g-dev libarchive-dev libutf8proc-dev libpugixml-dev libyaml-cpp-dev"
  [trainer]="libcli11-dev libgloo-dev"
  [tests]="catch2 pkgconf doxygen python3"
  [wheel]="python3-venv"
  [checks]="git clang libclang-rt-dev clang-format clang-tidy"
)
print=no
[ "${1:-}" = --print ] && { print=yes; shift; }
[ $# -gt 0 ] || set -- build torch library trainer

missing=()
for group in "$@"; do
  for package in ${packages[$group]}; do
    if [ $print = yes ]; then
      echo "$package"
    elif ! dpkg-query -W -f '${db:Status-Status}\n' "$package" 2> /dev/null | grep -qx installed; then
      missing+=("$package")
    fi
  done
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
