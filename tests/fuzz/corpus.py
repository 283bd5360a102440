#!/usr/bin/env python3
"""Makes the seed corpus of the fuzz targets from the converted official suite and tests/differential/generate.py.

    corpus.py --converted DIR --out DIR        DIR/load and DIR/exec; fuzz_exec's inputs begin with a byte that chooses the variant
"""
import argparse
import hashlib
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "differential"))
import generate

MAX_SIZE = 8192


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--converted", required=True, type=pathlib.Path, help="cache folder of spec_run (its --cache)")
    parser.add_argument("--out", required=True, type=pathlib.Path)
    args = parser.parse_args()
    for kind in ("load", "exec"):
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
    print(f"{n} seeds in {args.out}")


if __name__ == "__main__":
    main()
