#!/usr/bin/env python3
"""What starting costs: hello.wasm under cwasm against the same C program linked statically, natively. cwasm as it is, and without its second wall
(Landlock and a system call filter, which the native programs do not have either).

All programs run in turn (A B C A B C ...), each spawned with posix_spawn, and the time until it has been waited for is
taken; the minimum says what the machine can do, the median what a user sees. Same style of report as run.py.

    bench/coldstart.py --cwasm b/cwasm
"""

import argparse
import datetime
import json
import statistics
import sys
import tempfile
from pathlib import Path

import common
import engines as engine_list
import recipes
from common import choose

LIBC = {"musl": ("musl-gcc", "musl-tools"), "glibc": ("gcc", "gcc libc6-dev")}


def native(libc, cache):
    cc = common.tool(*LIBC[libc])
    return common.compile_c([cc, "-O2", "-static"], common.GUESTS / "hello.c", cache / f"hello.{libc}")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    engine_list.add_options(p)
    p.add_argument("--libc", default="musl,glibc", help="native programs to compare with; ratios refer to the first (default: %(default)s)")
    p.add_argument("--rounds", type=int, default=300, help="runs of each (default: %(default)s)")
    p.add_argument("--cache", type=Path, default=common.cache_dir(), help="default: %(default)s")
    p.add_argument("--out", type=Path, default=common.HERE / "results", help="where the report goes (default: bench/results)")
    p.add_argument("--name", default="coldstart", help="name of the report files (default: %(default)s)")
    opts = p.parse_args()

    wasm, _ = recipes.own("hello.c")(opts.cache / "guests")
    known = {n: e for n, e in engine_list.find(opts).items() if n != "native"}
    wanted = [n for n in known if n.startswith("cwasm")] + [n for n in (opts.engines or "").split(",") if n and not n.startswith("cwasm")]
    engines = [known[n] for n in choose(wanted, list(known), "engine")]
    libcs = choose(opts.libc.split(","), list(LIBC), "libc")
    names = [f"native, {libc}, static" for libc in libcs]
    commands = [[native(libc, opts.cache)] for libc in libcs]
    for e in engines:
        command = e.run(wasm)
        names.append(e.name)
        commands.append(command)
        if e.name.startswith("cwasm") and len(command) > 2 and command[1] == "run":
            names.append(f"{e.name}, second wall off")
            commands.append([*command[:2], "--second-wall=off", *command[2:]])

    with tempfile.TemporaryDirectory() as tmp:
        out = Path(tmp) / "out"
        samples = common.measure(common.build_measure(opts.cache), commands, opts.rounds, out, 10)
        wrong = [name for i, name in enumerate(names) if Path(f"{out}.{i}").read_text() != "hello\n"]
    in_memory = common.resident(opts.cache, commands)
    wrong += [names[s.index] for s in samples if s.status]
    if wrong:
        common.die(f"wrong output or status from {', '.join(sorted(set(wrong)))}")

    rows, runs = [], []
    for i, name in enumerate(names):
        mine = [s for s in samples if s.index == i]
        wall, cpu = [s.wall for s in mine], [s.cpu for s in mine]
        rows.append([name, min(wall), statistics.median(wall), min(cpu), statistics.median(cpu), in_memory[i] or ("-", "-")])
        runs.append({"engine": name, "wall": wall, "cpu": cpu, "rss": [s.rss for s in mine], "resident_own_kib": in_memory[i]})
    base = rows[0]
    cells = [[r[0]] + [f"{x * 1e3:.3f}" for x in r[1:5]] + [f"{r[1] / base[1]:.2f}", f"{r[2] / base[2]:.2f}", *map(str, r[5])]
             for r in rows]
    versions = {e.name: e.version for e in engines}
    for libc in libcs:
        versions[f"native, {libc}"] = common.first_line([LIBC[libc][0], "--version"])
    notes = [f"Milliseconds from posix_spawn to wait for a program that prints one line; {opts.rounds} interleaved runs of each.",
             f"Ratios are of wall times to the first line ({base[0]}).",
             "Resident: KiB in memory at exit, page by page (resident.c); most of it are pages of the program file, which processes share and of which the "
             "kernel maps 16 where one is touched. Own: those that are not of a file."]
    text = "\n\n".join([
        common.head("Cold start", versions, notes),
        common.table(["program", "wall min", "wall median", "CPU min", "CPU median", "ratio min", "ratio median", "resident", "own"], cells)]) + "\n"
    data = {"command": common.command_line(), "date": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
            "machine": common.machine(), "rounds": opts.rounds, "engines": versions, "base": base[0], "runs": runs}
    opts.out.mkdir(parents=True, exist_ok=True)
    (opts.out / f"{opts.name}.md").write_text(text)
    (opts.out / f"{opts.name}.json").write_text(json.dumps(data) + "\n")
    print(text)


if __name__ == "__main__":
    sys.exit(main())
