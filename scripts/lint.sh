#!/bin/bash
# Checks without changing: clang-format over all sources, clang-tidy (.clang-tidy) over the library
# and the program. Needs a configured build directory for its compile_commands.json.
#
#   scripts/lint.sh [BUILD_DIR] [SINCE]
#
# SINCE, a date as git takes it ("6 hours ago"): clang-tidy over the files of the commits since then;
# without it over all of them, which takes half an hour.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build_dir=${1:-build}
since=${2:-}

scripts/setup.sh --dev --build-dir "$build_dir"

echo "lint: clang-format"
git ls-files '*.h' '*.cpp' | xargs clang-format --dry-run --Werror

files() {
  local base=
  [ -z "$since" ] || base=$(git rev-list -1 --before="$since" HEAD)
  if [ -z "$base" ]; then
    git ls-files 'src/*.cpp' 'app/*.cpp'
  else
    git diff --name-only --diff-filter=d "$base" HEAD -- 'src/*.cpp' 'app/*.cpp'
  fi
}

# The compiler's commands without its precompiled header, which is GCC's and clang-tidy cannot read.
commands=$(mktemp -d)
trap 'rm -rf "$commands"' EXIT
sed -E 's/ -Winvalid-pch//; s/ -include [^ ]*cmake_pch\.hxx//' \
  "$build_dir/compile_commands.json" >"$commands/compile_commands.json"

mapfile -t sources < <(files)
echo "lint: clang-tidy over ${#sources[@]} files"
# GCC's warning options mean nothing to clang-tidy's own parser; .clang-tidy says what is checked.
printf '%s\n' "${sources[@]}" |
  xargs -r -P "$(nproc)" -n 4 clang-tidy -p "$commands" --quiet --extra-arg=-Wno-everything \
    2> >(grep -v 'warnings generated' >&2)
echo "lint: clean"
