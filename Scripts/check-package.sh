#!/usr/bin/env bash
# Uses this repository as another package does. Makes a package that depends on a tagged version and lists the
# products that the documents' Swift programs import. Builds these programs and runs each in its own folder.
# Only committed content is used. Programs are the ```swift blocks of README.md, of Docs and of the
# documentation catalogs. A block that is not a whole program is fenced as ```swift-fragment there.
set -euo pipefail
cd "$(dirname "$0")/.."
repository=$PWD
swift=${SWIFT:-swift}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The origin's tags are other versions, which may be newer.
git clone --quiet --local --no-tags . "$work/siren-hyper"
git -C "$work/siren-hyper" tag 1.0.0
cd "$work/siren-hyper"

# Every block becomes the main program of a target that is named after document and line.
dependent=$work/dependent
mkdir -p "$dependent/Sources"
documents=(README.md)
while IFS= read -r document; do documents+=("$document"); done \
  < <(find Docs Sources -name '*.md' | sort)
# shellcheck disable=SC2016
awk -v sources="$dependent/Sources" '
  FNR == 1 { inside = 0 }
  !inside && $0 == "```swift" {
    inside = 1
    name = FILENAME ":" FNR
    gsub(/[^A-Za-z0-9]+/, "-", name)
    folder = sources "/" name
    system("mkdir " folder)
    main = folder "/main.swift"
    printf "// %s, line %d\n", FILENAME, FNR > main
    next
  }
  inside && /^```/ { inside = 0; close(main); next }
  inside { print > main }
' "${documents[@]}"

# A target depends on the products of the modules that it imports, and on nothing else.
targets=()
{
  echo '// swift-tools-version: 6.1'
  echo 'import PackageDescription'
  echo 'let package = Package('
  echo '  name: "dependent", platforms: [.macOS(.v15)],'
  echo "  dependencies: [.package(url: \"file://$work/siren-hyper\", from: \"1.0.0\")],"
  echo '  targets: ['
  for folder in "$dependent"/Sources/*; do
    targets+=("$(basename "$folder")")
    echo "    .executableTarget(name: \"$(basename "$folder")\", dependencies: ["
    while read -r module; do
      [[ ! -d Sources/$module ]] || echo "      .product(name: \"$module\", package: \"siren-hyper\"),"
    done < <(sed -nE 's/^import ([A-Za-z]+)$/\1/p' "$folder/main.swift")
    # A warning in a document's program is an error.
    echo '    ], swiftSettings: [.unsafeFlags(["-warnings-as-errors"])]),'
  done
  echo '  ], swiftLanguageModes: [.v6])'
} >"$dependent/Package.swift"
if [[ ${#targets[@]} -eq 0 ]]; then
  echo "error: no document has a Swift program" >&2
  exit 1
fi

# The same versions of other packages as here, so that nothing is fetched twice.
[[ ! -f $repository/Package.resolved ]] || cp "$repository/Package.resolved" "$dependent/"
# A debug build takes half the time. The kernels are optimized nevertheless, because unoptimized kernels would take
# longer to run than the build saves.
build=("$swift" build --package-path "$dependent" -Xcc -O2 -debug-info-format none)
"${build[@]}"
programs=$("${build[@]}" --show-bin-path)

for target in "${targets[@]}"; do
  head -n 1 "$dependent/Sources/$target/main.swift"
  mkdir "$work/$target"
  cp Models/faces.safetensors "$work/$target/"
  cp Datasets/sample-faces/face-00000.png "$work/$target/face.png"
  (cd "$work/$target" && "$programs/$target")
done
echo "the package and ${#targets[@]} programs of its documents work in another package"
