#!/usr/bin/env bash
# Installs the library from a build into a temporary folder, builds this example against what is
# there, and runs it. Usage: install_and_use.sh CMAKE BUILD_FOLDER COMPILER
set -euo pipefail
cmake=$1 build=$2 compiler=$3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
{
  "$cmake" --install "$build" --prefix "$folder/installed"
  "$cmake" -S "$(dirname "${BASH_SOURCE[0]}")" -B "$folder/build" -DCMAKE_CXX_COMPILER="$compiler" \
    -DCMAKE_PREFIX_PATH="$folder/installed"
  "$cmake" --build "$folder/build"
} >"$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
"$folder/build/consumer" "test.consumer.$$"
