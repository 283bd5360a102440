#!/usr/bin/env python3
"""What SIMD brings: guests/simd/*.c as vector build (-msimd128) and as scalar build, on the same engine, interleaved. Both print the same, or
the run fails.

    bench/simd.py --cwasm b/cwasm [--rounds 5] [--scale 100]
"""

import argparse
import subprocess
import sys
from pathlib import Path

import common

SOURCES = common.GUESTS / "simd"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cwasm", required=True, type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scale", type=int, default=100, help="percentage of the usual work")
    parser.add_argument("--cache", type=Path, default=common.cache_dir())
    args = parser.parse_args()
    out = args.cache / "simd"
    helper = common.build_measure(args.cache)
    clang = common.guest_compiler("clang-19 lld-19 libclang-rt-19-dev-wasm32 wasi-libc")
    rows, ratios = [], []
    for source in sorted(SOURCES.glob("*.c")):
        base = [*clang, "--target=wasm32-wasi", "-O2"]
        plain = common.compile_c(base, source, out / f"{source.stem}.scalar.wasm", common.GUESTS / "guest.h")
        vector = common.compile_c([*base, "-msimd128"], source, out / f"{source.stem}.simd.wasm", common.GUESTS / "guest.h")
        samples = common.measure(helper, [[args.cwasm, g, str(args.scale)] for g in (plain, vector)], args.rounds, out / "out")
        texts = [Path(f"{out}/out.{i}").read_text() for i in (0, 1)]
        if any(s.status for s in samples) or texts[0] != texts[1] or not texts[0]:
            sys.exit(f"{source.stem}: the builds differ or fail: {texts}")
        times = [min(s.cpu for s in samples if s.index == i) for i in (0, 1)]
        ratios.append(times[0] / times[1])
        rows.append([source.stem, f"{times[0]:.3f}", f"{times[1]:.3f}", f"{ratios[-1]:.2f}"])
    rows.append(["geometric mean", "", "", f"{common.geomean(ratios):.2f}"])
    print(common.table(["guest", "scalar, s", "SIMD, s", "gain"], rows))


if __name__ == "__main__":
    main()
