#!/usr/bin/env python3
"""Makes the seed corpus of the fuzz targets from the converted official suite and tests/differential/generate.py.

    corpus.py --converted DIR --out DIR        DIR/load, DIR/exec and DIR/lines; fuzz_exec's inputs begin with a byte that chooses the variant
"""
import argparse
import hashlib
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "differential"))
import generate

MAX_SIZE = 8192


def line_tables():
    """Inputs of fuzz_lines: one unit of each version of DWARF, in 32 and 64 bits."""
    strings = b"\0a.c\0/b.c\0"
    for version in (2, 3, 4, 5):
        for wide in (0, 1):
            offset = lambda x: x.to_bytes(8 if wide else 4, "little")
            program = (b"\0\5\2\x10\0\0\0" b"\3\6\5\3\1" b"\2\x0a\4\2\3\x7f\1" b"\x2e\x08\x12\x09\2\0\1" b"\2\4\0\1\1"
                       b"\0\5\2\x28\0\0\0\1\x0c\1\2\2\0\1\1")
            tables = b"src\0\0a.c\0\1\0\0/b.c\0\0\0\0\0"
            if version == 5:
                tables = (b"\1\1\x1f\2" + offset(1) + offset(5) + b"\4\1\x0e\2\x0b\5\x1e\x81\x40\x08\2"
                          + (offset(1) + b"\1" + bytes(16) + b"\0") * 2)
            header = b"\1" + (b"\1" if version > 3 else b"") + b"\1\xfb\x0e\x0d\0\1\1\1\1\0\0\0\1\0\0\1" + tables
            unit = version.to_bytes(2, "little") + (b"\4\0" if version == 5 else b"") + offset(len(header)) + header + program
            unit = (b"\xff\xff\xff\xff" if wide else b"") + offset(len(unit)) + unit
            yield len(strings).to_bytes(2, "little") * 2 + unit + strings * 2


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--converted", required=True, type=pathlib.Path, help="cache folder of spec_run (its --cache)")
    parser.add_argument("--out", required=True, type=pathlib.Path)
    args = parser.parse_args()
    for kind in ("load", "exec", "lines"):
        (args.out / kind).mkdir(parents=True, exist_ok=True)
    seeds = [path.read_bytes() for path in sorted(args.converted.glob("**/*.wasm")) if path.stat().st_size <= MAX_SIZE]
    if not seeds:
        sys.exit(f"no .wasm files below {args.converted}")
    seeds += [generate.module(seed) for seed in range(200)]
    n = 0
    for wasm in dict.fromkeys(seeds):
        digest = hashlib.blake2b(wasm, digest_size=8).hexdigest()
        (args.out / "load" / digest).write_bytes(wasm)
        (args.out / "exec" / digest).write_bytes(bytes([n % 32]) + wasm)
        n += 1
    for i, table in enumerate(line_tables()):
        (args.out / "lines" / str(i)).write_bytes(table)
    print(f"{n} seeds in {args.out}")


if __name__ == "__main__":
    main()
