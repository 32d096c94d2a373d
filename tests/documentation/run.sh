#!/usr/bin/env bash
# Runs a program of the documents as its reader would, in a folder that has the data and nothing else.
# Usage: run.sh NAME EXPECTED COMMAND…     (what it prints must be the file EXPECTED, where there is one)
set -euo pipefail
name=$1 expected=$2
shift 2
rm -rf "run/$name"
mkdir -p "run/$name"
for data in data keypoints numbers data/data.csv data/images; do ln -s "../../$data" "run/$name/"; done
cd "run/$name"
"$@" > output.txt 2> errors.txt || { status=$?; cat output.txt errors.txt; exit $status; }
cat output.txt
if [ -e "$expected" ]; then diff -u "$expected" output.txt; fi
