#!/usr/bin/env python3
"""What SIMD brings: guests/simd/*.c as vector build (-msimd128) and as scalar build, on the same engine, interleaved, and the vector build on other
interpreters. All print the same, or it is said.

    bench/simd.py --cwasm b/cwasm [--rounds 5] [--scale 100] [--engines wamr,wazero-interpreter]
"""

import argparse
import sys
from pathlib import Path

import common
import engines

SOURCES = common.GUESTS / "simd"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    engines.add_options(parser)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scale", type=int, default=100, help="percentage of the usual work")
    parser.add_argument("--cache", type=Path, default=common.cache_dir())
    args = parser.parse_args()
    if not args.cwasm:
        parser.error("give --cwasm")
    found = engines.find(args)
    rivals = [found[n] for n in common.choose(args.engines.split(",") if args.engines else [], list(found), "engine")]
    out = args.cache / "simd"
    helper = common.build_measure(args.cache)
    clang = common.guest_compiler("clang-19 lld-19 libclang-rt-19-dev-wasm32 wasi-libc")
    rows, ratios = [], []
    for source in sorted(SOURCES.glob("*.c")):
        base = [*clang, "--target=wasm32-wasi", "-O2"]
        plain = common.compile_c(base, source, out / f"{source.stem}.scalar.wasm", common.GUESTS / "guest.h")
        vector = common.compile_c([*base, "-msimd128"], source, out / f"{source.stem}.simd.wasm", common.GUESTS / "guest.h")
        commands = [found["cwasm"].run(g, [str(args.scale)]) for g in (plain, vector)] + [e.run(vector, [str(args.scale)]) for e in rivals]
        samples = common.measure(helper, commands, args.rounds, out / "out")
        texts = [Path(f"{out}/out.{i}").read_text() for i in range(len(commands))]
        fails = [any(s.status for s in samples if s.index == i) or texts[i] != texts[0] for i in range(len(commands))]
        if fails[0] or fails[1] or not texts[0]:
            sys.exit(f"{source.stem}: the builds differ or fail: {texts}")
        times = [min(s.cpu for s in samples if s.index == i) for i in range(len(commands))]
        ratios.append(times[0] / times[1])
        rows.append([source.stem, f"{times[0]:.3f}", f"{times[1]:.3f}", f"{ratios[-1]:.2f}",
                     *("does not run" if fails[i] else f"{times[i]:.3f} ({times[i] / times[1]:.1f})" for i in range(2, len(commands)))])
    rows.append(["geometric mean", "", "", f"{common.geomean(ratios):.2f}", *("" for _ in rivals)])
    print(common.table(["guest", "scalar, s", "SIMD, s", "gain", *(f"SIMD by {e.name}, s (ratio)" for e in rivals)], rows))


if __name__ == "__main__":
    main()
