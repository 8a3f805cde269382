#!/usr/bin/env bash
# Writes the manual pages of both programs into a folder, one page per command: siren.1, siren-fit.1,
# siren-hyper.1 and so on. Their text is that of --help.
set -euo pipefail
folder=${1:?usage: make-manual.sh FOLDER}
cd "$(dirname "$0")/.."
swift=${SWIFT:-swift}
pages=.build/plugins/GenerateManual/outputs
rm -rf "$pages"
# The date of the last change, so that equal sources give equal pages.
date=$(git log -1 --format=%cs 2>/dev/null || date +%F)
# The plugin's output matters only if it fails.
if ! said=$("$swift" package ${TRAITS:+--traits "$TRAITS"} plugin generate-manual --multi-page --date "$date" 2>&1); then
  echo "$said" >&2
  echo "error: 'swift package plugin generate-manual' failed; run 'make build' and try again" >&2
  exit 1
fi

install -d "$folder"
for page in "$pages"/*/*.1; do
  # The plugin joins the words of a command by dots; manual pages join them by hyphens.
  name=$(basename "$page" .1)
  sed -E '/^\.(Dt|Xr) /{
    :dots
    s/^(\.[A-Za-z]+ [A-Za-z.-]*)\.([A-Za-z])/\1-\2/
    t dots
  }' "$page" >"$folder/${name//./-}.1"
  chmod 644 "$folder/${name//./-}.1"
done
