#!/usr/bin/env bash
# Runs a Python program of the documents where the packages that it imports are; else only reads it, and is skipped.
# Usage: python.sh PYTHON PROGRAM
set -euo pipefail
"$1" -c 'import ast, sys; ast.parse(open(sys.argv[1]).read(), sys.argv[1])' "$2"
packages=$(sed -nE 's/^(import|from) ([a-zA-Z_]+).*/\2/p' "$2" | sort -u | paste -sd, | sed 's/,/, /g')
"$1" -c "import $packages" 2> /dev/null || { echo "without $packages"; exit 77; }
exec "$1" "$2"
