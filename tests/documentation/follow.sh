#!/usr/bin/env bash
# Follows a guide word for word in an empty folder: writes the files that it shows, under the names that it gives, builds them with the
# CMakeLists.txt of the first guide against an installed library, runs the programs that no command runs, and then its commands.
# Usage: follow.sh PAGE FOLDER PREFIX DATA LOCALIZE [OPTION…]     (DATA has data/, keypoints/ and numbers/; OPTIONs are CMake's)
set -euo pipefail
guides=$(cd "$(dirname "$0")/../../examples/guides" && pwd)
page=$guides/$1.md folder=$2 prefix=$3 data=$4
export localize=$5
shift 5
rm -rf "$folder"
mkdir -p "$folder"
cd "$folder"
for name in data keypoints numbers; do [ ! -e "$data/$name" ] || cp -rl "$data/$name" .; done

# block PAGE SOURCE: the block of that page that comes out of SOURCE, without its fences.
block() { awk -v mark="<!-- from $2 -->" '$0 == mark { found = 1; next } found && /^```/ { if (seen++) exit; next } found' "$1"; }
build() {
  cmake -G Ninja -B build -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH="$prefix" "$@" > cmake.txt
  cmake --build build
}
# The programs that have not run yet and that no command runs.
run() {
  local source program
  for source in *.cpp; do
    program=${source%.cpp}
    [ ! -e "$program.ran" ] && ! grep -qx "build/$program.*" "$page" || continue
    echo "== $program"
    "build/$program"
    touch "$program.ran"
  done
}

block "$guides/start.md" examples/guides/CMakeLists.txt > CMakeLists.txt
while read -r source; do
  block "$page" "$source" > "$(basename "$source")"
done < <(sed -nE 's/^<!-- from (.*\.(cpp|py)) -->$/\1/p' "$page")
build "$@"
run
commands=$(awk '/^```sh$/ { inside = 1; next } /^```/ { inside = 0 } inside' "$page")
[ -n "$commands" ] || exit 0
echo "$commands"
bash -eu -c "$commands"
build "$@"  # what the commands have made
run
