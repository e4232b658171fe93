#!/bin/bash
# Checks without changing: clang-format over all sources, clang-tidy (.clang-tidy) over the library
# and the program. Needs a configured build directory for its compile_commands.json.
#
#   scripts/lint.sh [BUILD_DIR]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build_dir=${1:-build}

scripts/setup.sh --dev --build-dir "$build_dir"

echo "lint: clang-format"
git ls-files '*.h' '*.cpp' | xargs clang-format --dry-run --Werror

echo "lint: clang-tidy"
# GCC's warning options mean nothing to clang-tidy's own parser; .clang-tidy says what is checked.
git ls-files 'src/*.cpp' 'app/*.cpp' |
  xargs -P "$(nproc)" -n 4 clang-tidy -p "$build_dir" --quiet --extra-arg=-Wno-everything \
    2> >(grep -v 'warnings generated' >&2)
echo "lint: clean"
