#!/bin/bash
# Makes this checkout ready to use: installs the Debian packages that are missing, configures, builds.
#
#   scripts/setup.sh [--dev] [--peers] [--packages-only] [--build-dir DIR] [CMAKE ARGUMENTS...]
#
# Safe to repeat: with nothing missing it asks dpkg once and lets ninja see that there is nothing to
# do. Packages are installed as root, through sudo where that works, and otherwise the one line to
# run is printed and the exit status is 1. The packages and their reasons: scripts/packages.txt.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

groups=build
packages_only=false
build_dir=build
cmake_arguments=()
while [ $# -gt 0 ]; do
  case $1 in
    --dev | --peers) groups+="|${1#--}" ;;
    --packages-only) packages_only=true ;;
    --build-dir) build_dir=${2:?--build-dir needs a directory} && shift ;;
    -D* | -G* | --preset*) cmake_arguments+=("$1") ;;
    *) echo "setup: unknown option $1" >&2 && exit 2 ;;
  esac
  shift
done

# The wanted packages that dpkg does not report as installed, one a line.
missing_packages() {
  local wanted
  wanted=$(awk -v groups="^($groups)\$" '$1 ~ groups { print $2 }' scripts/packages.txt | sort)
  # shellcheck disable=SC2086  # one word a package
  comm -23 <(echo "$wanted") \
    <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' $wanted 2>/dev/null |
      awk '$1 == "installed" { print $2 }' | sort)
}

install_packages() {
  local install="apt-get install -y --no-install-recommends $*" as_root=()
  if [ "$(id -u)" != 0 ]; then
    if sudo -n true 2>/dev/null; then
      as_root=(sudo -n)
    elif [ -t 0 ] && command -v sudo >/dev/null; then
      echo "setup: sudo may ask for your password to install: $*"
      as_root=(sudo)
    else
      echo "setup: $# Debian packages are missing and this user cannot install them. Run" >&2
      echo "  sudo $install" >&2
      echo "and then the same command again." >&2
      exit 1
    fi
  fi
  echo "setup: installing $*"
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300)
  # A machine without a network but with a local package cache can still install.
  "${apt[@]}" update </dev/null || echo "setup: apt-get update failed; trying the lists at hand" >&2
  "${apt[@]}" install -y --no-install-recommends "$@" </dev/null || {
    echo "setup: the packages could not be installed. When the cause is fixed, run" >&2
    echo "  sudo $install" >&2
    exit 1
  }
}

if command -v dpkg-query >/dev/null; then
  missing=$(missing_packages)
  # shellcheck disable=SC2086
  [ -z "$missing" ] || install_packages $missing
else
  echo "setup: not a Debian system; CMake will name what is missing" >&2
fi
$packages_only && exit 0

if [ ! -f "$build_dir/build.ninja" ] || [ ${#cmake_arguments[@]} -gt 0 ]; then
  cmake -S . -B "$build_dir" -G Ninja "${cmake_arguments[@]}"
fi
cmake --build "$build_dir" --parallel "$(nproc)"
