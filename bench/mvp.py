#!/usr/bin/env python3
"""What the features after WebAssembly 1.0 cost programs that use none of them: builds of several commits on the C guests, in turn.

    bench/mvp.py --build before=old/cwasm --build after=new/cwasm ... --pair before:after ... [--rounds 3] [--scale 20] [--samples FILE]

Each round runs every guest by every build in turn (A B C A B C ...); the smallest CPU time of a build counts. With --samples the times are added to
those in the file, and the table is of all of them: short runs at quiet moments make a long one. --scale: percentage of the usual work.
"""

import argparse
import json
import sys
from pathlib import Path

import common
import corpus


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", action="append", required=True, metavar="NAME=PATH")
    parser.add_argument("--pair", action="append", default=[], metavar="BEFORE:AFTER", help="a row: time of BEFORE divided by time of AFTER")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scale", type=int, default=20)
    parser.add_argument("--guests", help="only these, comma-separated")
    parser.add_argument("--samples", type=Path)
    parser.add_argument("--cache", type=Path, default=common.cache_dir())
    args = parser.parse_args()
    builds = dict(b.split("=", 1) for b in args.build)
    pairs = [tuple(p.split(":")) for p in args.pair]
    if not {n for p in pairs for n in p} <= set(builds):
        parser.error("--pair names builds of --build")
    out = args.cache / "mvp"
    out.mkdir(parents=True, exist_ok=True)
    helper = common.build_measure(args.cache)
    best = json.loads(args.samples.read_text()) if args.samples and args.samples.exists() else {}
    wanted = args.guests and args.guests.split(",")
    guests = [g for g in corpus.GUESTS if (common.GUESTS / f"{g.name}.c").exists() and (not wanted or g.name in wanted)]
    for guest in guests:
        wasm = guest.build(args.cache)[0]
        samples = common.measure(helper, [[path, wasm, *guest.args(args.scale)] for path in builds.values()], args.rounds, out / "out") if args.rounds else []
        texts = {Path(f"{out}/out.{i}").read_text() for i in range(len(builds))} if args.rounds else {""}
        if len(texts) != 1 or any(s.status for s in samples):
            sys.exit(f"{guest.name}: the builds differ or fail")
        for sample in samples:
            times = best.setdefault(guest.name, {})
            name = list(builds)[sample.index]
            times[name] = min(sample.cpu, times.get(name, 1e9))
    if args.samples:
        args.samples.write_text(json.dumps(best, indent=1) + "\n")
    rows = []
    for before, after in pairs:
        ratios = {g: t[before] / t[after] for g, t in best.items() if before in t and after in t}
        if ratios:
            low, high = min(ratios, key=ratios.get), max(ratios, key=ratios.get)
            rows.append([before, after, f"{common.geomean(ratios.values()):.3f}", f"{low} {ratios[low]:.2f}", f"{high} {ratios[high]:.2f}"])
    print(common.table(["before", "after", "geometric mean", "least", "most"], rows))
    print(common.table(["guest, seconds", *builds], [[g, *(f"{t[b]:.3f}" if b in t else "" for b in builds)] for g, t in sorted(best.items())]))


if __name__ == "__main__":
    main()
