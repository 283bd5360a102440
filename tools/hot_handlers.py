#!/usr/bin/env python3
"""Finds out which handlers programs spend their time in, for cmake/handlers.order: the linker gives these a cache line of their own.

    cmake -S . -B b -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_FLAGS=-gdwarf-4   # with symbols
    cmake --build b --target cwasm
    tools/hot_handlers.py b/cwasm > cmake/handlers.order

Runs the tuning programs of bench/ under perf, each with half of its work (--percent), and prints every handler that gets one sample in 300 of
some program, in the order of ir.def. The list that stands is kept, so that sampling never loses what was found before: start from an empty file to
forget. A list that is out of date costs a little speed, nothing else.
"""
import argparse
import collections
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "tests" / "support")]
import corpus  # noqa: E402

HEAD = """# Handlers in which programs of the tuning set (bench/corpus.py) spend their time, in the order of ir.def: begun with a count of all instructions (at
# least 1 in 2,000 of some program), added to by tools/hot_handlers.py; used by cmake/Libc.cmake."""


def preprocessed(text):
    """The names behind @@ in what the preprocessor makes of it."""
    text = subprocess.run([os.environ.get("CC", "cc"), "-E", "-P", "-I", str(ROOT / "src"), "-x", "c", "-"], check=True, text=True, stdout=subprocess.PIPE,
                          input=text).stdout
    return re.findall(r"@@\s*(\w+)", text)


def ir_order():
    """All internal instructions."""
    return preprocessed('#define IR(id, size, text) @@id\n#include "code/ir.def"\n')


def pair_order():
    """All pairs."""
    return preprocessed('#define THEN(a, b) @@ a##__##b\n#include "code/pairs.def"\n')


def samples(cwasm, guest, percent, cache):
    """Share of the samples by handler, of those that have a few."""
    wasm, _ = guest.build(cache)
    with tempfile.NamedTemporaryFile() as data:
        subprocess.run(["perf", "record", "-q", "-F", "5000", "-o", data.name, cwasm, "run", "--second-wall=off", str(wasm), *guest.args(percent)],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        lines = subprocess.run(["perf", "script", "-i", data.name, "-F", "ip,sym"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True).stdout
    names = [line.split()[1] for line in lines.splitlines() if len(line.split()) > 1]
    if not names:
        sys.exit(f"{guest.name}: perf has no samples")
    return {name: n / len(names) for name, n in collections.Counter(names).items() if name.startswith("h_") and n >= 3}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cwasm")
    parser.add_argument("--percent", type=int, default=50, help="of the usual work of each program (default: 50)")
    parser.add_argument("--cache", type=Path, default=Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "cwasm-bench")
    o = parser.parse_args()
    listed = ROOT / "cmake" / "handlers.order"
    hot = set(re.findall(r"^h_(\w+)", listed.read_text(), re.MULTILINE)) if listed.exists() else set()
    for guest in corpus.GUESTS:
        if guest.set == corpus.TUNING:
            shares = samples(o.cwasm, guest, o.percent, o.cache)
            hot |= {name[2:] for name, share in shares.items() if share >= 1 / 300}
    print(HEAD)
    for name in ir_order() + pair_order():
        if name in hot:
            print(f"h_{name}")


if __name__ == "__main__":
    main()
