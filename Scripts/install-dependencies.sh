#!/usr/bin/env bash
# Installs the libraries that the build needs without asking. Prints nothing if none is missing.
# With --browser it installs Chromium instead, which the tests of live pages drive.
set -euo pipefail

# Matrix products; pictures; sound; drawing; the catalog; hashes; and how the package manager finds them.
packages=(libopenblas-dev libpng-dev libjpeg-dev libtiff-dev libwebp-dev zlib1g-dev libsndfile1-dev libcairo2-dev libsqlite3-dev nettle-dev pkg-config)
# Further ones, such as libopenmpi-dev for 'make build-mpi'.
read -r -a extra <<<"${EXTRA_PACKAGES:-}"
packages+=(${extra[@]+"${extra[@]}"})

if [[ ${1:-} == --browser ]]; then
  for name in chromium chromium-browser google-chrome; do command -v "$name" >/dev/null && exit 0; done
  packages=(chromium)
fi

if ! command -v swift >/dev/null; then
  echo "error: 'swift' is not on the PATH; install Swift 6.1 or newer from https://swift.org/install" >&2
  exit 1
fi

explain() {
  echo "error: $1" >&2
  echo "  Debian, Ubuntu:  apt-get install ${packages[*]}" >&2
  echo "  Fedora:          dnf install openblas-devel libpng-devel libjpeg-turbo-devel libtiff-devel libwebp-devel zlib-devel libsndfile-devel cairo-devel sqlite-devel nettle-devel pkgconf" >&2
  exit 1
}

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  [[ ${1:-} == --browser ]] && explain "no Chromium is on the PATH, and this is not a Debian or Ubuntu system; install one"
  for library in openblas libpng libjpeg libtiff-4 libwebp zlib sndfile cairo sqlite3 nettle; do
    pkg-config --exists "$library" 2>/dev/null ||
      explain "the library '$library' is missing, and this is not a Debian or Ubuntu system; install"
  done
  exit 0
fi

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true)
  [[ $status == "install ok installed" ]] || missing+=("$package")
done
# pkgconf provides pkg-config on newer systems.
if [[ ${missing[*]-} == "pkg-config" ]] && command -v pkg-config >/dev/null; then missing=(); fi
[[ ${#missing[@]} -eq 0 ]] && exit 0

as_root=()
if [[ $(id -u) -ne 0 ]]; then
  if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root=(sudo -n)
  else
    explain "missing: ${missing[*]}; installing them needs root, run as root"
  fi
fi
echo "Installing ${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
install() { ${as_root[@]+"${as_root[@]}"} apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null; }
install 2>/dev/null || { ${as_root[@]+"${as_root[@]}"} apt-get update -qq && install; } ||
  explain "'apt-get install ${missing[*]}' failed; install by hand"
