#!/usr/bin/env bash
# Builds the documentation of every library product into one folder, as pages for a web server. A missing
# symbol or any other warning is an error. Parameters without a description are allowed, because comments
# describe only those that need it.
set -euo pipefail
folder=${1:?usage: make-documentation.sh FOLDER}
cd "$(dirname "$0")/.."
swift=${SWIFT:-swift}
# Package.swift has the plugin only if this variable is set. The build has its own folder, because other builds
# would drop the plugin and fetch it again.
export SIREN_DOCUMENTATION=1
targets=()
while read -r module; do
  if [[ ! -f Sources/$module/$module.docc/$module.md ]]; then
    echo "error: the library module $module has no Sources/$module/$module.docc/$module.md; write it" >&2
    exit 1
  fi
  targets+=(--target "$module")
done < <(sed -n '/^let libraries/,/^]/p' Package.swift | grep -oE '"[A-Za-z]+"' | tr -d '"')
rm -rf "$folder"
mkdir -p "$(dirname "$folder")"
"$swift" package --scratch-path .build/documentation-build --allow-writing-to-directory "$folder" \
  generate-documentation "${targets[@]}" --enable-experimental-combined-documentation \
  --warnings-as-errors --disable-parameters-and-returns-validation --output-path "$folder" --transform-for-static-hosting
echo "documentation of $((${#targets[@]} / 2)) modules: $folder"
