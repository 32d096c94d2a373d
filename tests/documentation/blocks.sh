#!/usr/bin/env bash
# Every block of C++ or Python in README.md and the guides comes out of a file that is compiled and run as a test. Above the block stands
#   <!-- from examples/quickstart.cpp -->               the whole file, or
#   <!-- from tests/documentation/readme.cpp: use -->   its lines between two lines `//! [use]`; several such parts are joined
# Other blocks with such a line, of CMake or what a program prints, come out of that file, too.
# Usage: tests/documentation/blocks.sh [--write]     (says where the two differ; --write brings the documents up to date)
set -euo pipefail
cd "$(dirname "$0")/../.."
status=0
made=$(mktemp)
trap 'rm -f "$made"' EXIT
for document in *.md examples/*/*.md; do
  awk '
    function fail(text) { print FILENAME ":" FNR ": " text > "/dev/stderr"; failed = 1 }
    function print_part(file, part,    line, inside, seen, indent, first) {
      inside = part == ""
      while ((getline line < file) > 0) {
        seen = 1
        if (line ~ /^ *\/\/! \[/) {
          if (part != "" && index(line, "//! [" part "]")) {
            inside = !inside
            if (inside) {
              if (found) print ""
              found = 1
              indent = match(line, /[^ ]/) - 1
            }
          }
        } else if (inside) {
          print substr(line, 1, indent) ~ /^ *$/ ? substr(line, indent + 1) : line
        }
      }
      close(file)
      if (!seen) fail("there is no file " file)
      else if (part != "" && !found) fail(file " has no part //! [" part "]")
      found = 0
    }
    skipping { if ($0 ~ /^```$/) { skipping = 0; print } ; next }
    /^<!-- from .* -->$/ {
      source = $3; part = ""
      if (sub(/:$/, "", source)) part = $4
      print; next
    }
    source != "" && !/^ *```/ { fail("a block must follow the line that says where it comes from") }
    /^ *```(cpp|c\+\+|cc|cxx|C\+\+|py|python)/ && source == "" {
      fail("a block of C++ or Python must come out of examples/ or tests/documentation/, named in the line above it")
    }
    /^ *```/ {
      print
      if (source != "") {
        if (source ~ /^(examples|tests\/documentation)\//) {
          skipping = 1
          print_part(source, part)
        } else {
          fail("blocks come out of examples/ or tests/documentation/, not " source)
        }
      }
      source = ""; next
    }
    { print }
    END { exit failed }
  ' "$document" > "$made" || { status=1; continue; }
  cmp -s "$document" "$made" && continue
  if [ "${1:-}" = --write ]; then
    cat "$made" > "$document"
  else
    diff -u --label "$document" --label "what its blocks come out of" "$document" "$made" || status=1
  fi
done
exit $status
