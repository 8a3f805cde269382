#!/usr/bin/env bash
# Installs both programs, their manual pages and shell completions, and the bundled models under a prefix.
set -euo pipefail
prefix=${1:?usage: install.sh PREFIX}
cd "$(dirname "$0")/.."
bin=$(swift build -c release --show-bin-path)
bash_folder=$prefix/share/bash-completion/completions
zsh_folder=$prefix/share/zsh/site-functions
fish_folder=$prefix/share/fish/vendor_completions.d
model_folder=$prefix/share/siren-hyper
install -d "$prefix/bin" "$model_folder" "$bash_folder" "$zsh_folder" "$fish_folder"
for program in siren siren-hyper; do
  install -m 755 "$bin/$program" "$prefix/bin/$program"
  "$bin/$program" --generate-completion-script bash >"$bash_folder/$program"
  "$bin/$program" --generate-completion-script zsh >"$zsh_folder/_$program"
  "$bin/$program" --generate-completion-script fish >"$fish_folder/$program.fish"
done
for model in faces scenes; do
  install -m 644 "Models/$model.safetensors" "$model_folder/$model.safetensors"
done
Scripts/make-manual.sh "$prefix/share/man/man1"
echo "installed siren and siren-hyper in $prefix/bin, with models of faces and scenes, manual pages and completions for bash, zsh and fish"
