#!/usr/bin/env bash
# Follows a guide word for word in an empty folder: writes the files that it shows, under the names that it gives, builds them with the
# CMakeLists.txt of the first guide against an installed library, runs its commands, and the programs that no command runs.
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

# block FILE TEST: the block of the first guide or of this one, without its fences.
block() { awk -v mark="<!-- from $2 -->" '$0 == mark { found = 1; next } found && /^```/ { if (seen++) exit; next } found' "$1"; }
build() {
  cmake -G Ninja -B build -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH="$prefix" "$@" > cmake.txt
  cmake --build build
}
block "$guides/start.md" examples/guides/CMakeLists.txt > CMakeLists.txt

commands=$(awk '/^```sh$/ { inside = 1; next } /^```/ { inside = 0 } inside' "$page")
while read -r file; do
  name=$(basename "$file")
  block "$page" "$file" > "$name"
  echo "$name: $(wc -l < "$name") lines"
done < <(sed -nE 's/^<!-- from (.*\.(cpp|py)) -->$/\1/p' "$page")
build "$@"
if [ -n "$commands" ]; then
  echo "$commands"
  PYTHONDONTWRITEBYTECODE=1 bash -euo pipefail -c "$commands"
  build "$@"  # what the commands have made
fi
for source in *.cpp; do
  program=${source%.cpp}
  grep -q "build/$program" "$page" || { echo "== $program"; "build/$program"; }
done
