#!/usr/bin/env bash
# Makes the manual pages. Checks that every command has a page and that it names the subcommands and options.
set -euo pipefail
cd "$(dirname "$0")/.."
swift=${SWIFT:-swift}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
Scripts/make-manual.sh "$folder"
bin=$("$swift" build -c release --show-bin-path)
checked=0

fail() {
  echo "error: the manual page $1 $2" >&2
  exit 1
}

# $@: the words of a command.
check() {
  local page help name option
  page=$(IFS=-; echo "$*").1
  [[ -s $folder/$page ]] || fail "$page is missing"
  help=$("$bin/$1" "${@:2}" --help)
  while read -r option; do
    grep -qE "Fl .*-${option#--}( |\$)" "$folder/$page" || fail "$page" "lacks the option $option"
  done < <(sed -nE 's/^  (-[a-z], )?(--[a-z-]+).*/\2/p' <<<"$help")
  checked=$((checked + 1))
  while read -r name; do
    grep -q "^\.Xr ${page%.1}-$name 1" "$folder/$page" || fail "$page" "does not name '$name'"
    check "$@" "$name"
  done < <(awk '/^SUBCOMMANDS:/ { inside = 1; next } inside && /^  [a-z]/ { print $1 }' <<<"$help")
}
check siren
check siren-hyper
# The programs have more than 20 commands, so fewer pages mean that the subcommands were not found.
[[ $checked -ge 20 ]] || fail "siren.1" "and siren-hyper.1 lead to $checked pages only"
echo "$checked manual pages name the subcommands and options of their commands"
