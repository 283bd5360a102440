#!/usr/bin/env python3
"""What starting costs: hello.wasm under cwasm against the same C program as a native, static one. There are two of those, and both are printed side by
side: by `gcc -static` of the distribution, that is with glibc, and with musl, the smallest native program there is. cwasm as it is, and without its
second wall (Landlock and a system call filter, which the native programs do not have either).

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

LIBC = {"glibc": ("gcc", "gcc libc6-dev"), "musl": ("musl-gcc", "musl-tools")}
WALL_OFF = ", second wall off"
AIM_TIME, AIM_MEMORY = 1.15, 2   # at most this often the native program's, without the second wall


def native(libc, cache):
    cc = common.tool(*LIBC[libc])
    return common.compile_c([cc, "-O2", "-static"], common.GUESTS / "hello.c", cache / f"hello.{libc}")


def native_name(libc):
    return f"native, static, {libc}"


def native_version(libc):
    return f"{LIBC[libc][0]} -O2 -static, {common.first_line([LIBC[libc][0], '--version'])}"


def ratios(rows, libcs):
    """Of each program that is not native to each native one: {program: {libc: {what: ratio}}}."""
    def of(row, base):
        found = {"wall_min": row["wall_min"] / base["wall_min"], "wall_median": row["wall_median"] / base["wall_median"]}
        if row["memory"] and base["memory"]:
            found |= {what: mine / its for what, mine, its in zip(("resident", "own"), row["memory"], base["memory"])}
        return found
    natives = {libc: next(r for r in rows if r["program"] == native_name(libc)) for libc in libcs}
    return {r["program"]: {libc: of(r, base) for libc, base in natives.items()} for r in rows if r not in natives.values()}


def tables(rows, found, libcs):
    times = ("wall_min", "wall_median", "cpu_min", "cpu_median")
    measured = [[r["program"], *(f"{r[k] * 1e3:.3f}" for k in times), *(r["memory"] or ("-", "-"))] for r in rows]
    whats = (("wall min", "wall_min"), ("wall median", "wall_median"), ("resident", "resident"), ("own", "own"))
    against = [[name, *(f"{of[libc][key]:.2f}" if key in of[libc] else "-" for _, key in whats for libc in libcs)] for name, of in found.items()]
    return [common.table(["program", "wall min", "wall median", "CPU min", "CPU median", "resident", "own"], measured),
            "## Ratios to the native programs", common.table(["program", *(f"{what}, to {libc}" for what, _ in whats for libc in libcs)], against)]


def verdicts(found):
    """The aims and what was measured, without the second wall, against each native program. A minimum is a single run, a median is not: both are said."""
    def said(what, ratio, aim):
        return f"{what} {ratio:.2f}, {'met' if ratio <= aim else 'missed'}"
    lines = []
    for name, of in found.items():
        if name.endswith(WALL_OFF):
            for libc, r in of.items():
                memory = f"; {said('resident', r['resident'], AIM_MEMORY)}" if "resident" in r else ""
                lines.append(f"- {name}, against native with {libc}: {said('minimum', r['wall_min'], AIM_TIME)}; {said('median', r['wall_median'], AIM_TIME)}{memory}.")
    return "\n".join(lines)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    engine_list.add_options(p)
    p.add_argument("--libc", default="glibc,musl", help="native programs to compare with (default: %(default)s)")
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
    names = [native_name(libc) for libc in libcs]
    commands = [[native(libc, opts.cache)] for libc in libcs]
    for e in engines:
        command = e.run(wasm)
        names.append(e.name)
        commands.append(command)
        if e.name.startswith("cwasm") and len(command) > 2 and command[1] == "run":
            names.append(e.name + WALL_OFF)
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
        rows.append({"program": name, "wall_min": min(wall), "wall_median": statistics.median(wall), "cpu_min": min(cpu), "cpu_median": statistics.median(cpu),
                     "memory": in_memory[i]})
        runs.append({"engine": name, "wall": wall, "cpu": cpu, "rss": [s.rss for s in mine], "resident_own_kib": in_memory[i]})
    found = ratios(rows, libcs)
    versions = {e.name: e.version for e in engines} | {native_name(libc): native_version(libc) for libc in libcs}
    notes = [f"Milliseconds from posix_spawn to wait for a program that prints one line; {opts.rounds} interleaved runs of each.",
             "Native: the same C program. `gcc -static`, that is with glibc, is what a distribution makes of it; with musl it is the smallest native program "
             "there is, a few pages and half a dozen system calls.",
             "Resident: KiB in memory at exit, page by page (resident.c); most of it are pages of the program file, which processes share and of which the "
             "kernel maps 16 where one is touched. Own: those that are not of a file."]
    parts = [common.head("Cold start", versions, notes), *tables(rows, found, libcs)]
    if verdicts(found):
        parts += [f"Aims, without the second wall: {AIM_TIME} in wall time, {AIM_MEMORY} in resident memory.", verdicts(found)]
    text = "\n\n".join(parts) + "\n"
    data = {"command": common.command_line(), "date": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
            "machine": common.machine(), "rounds": opts.rounds, "engines": versions, "ratios": found, "runs": runs}
    opts.out.mkdir(parents=True, exist_ok=True)
    (opts.out / f"{opts.name}.md").write_text(text)
    (opts.out / f"{opts.name}.json").write_text(json.dumps(data) + "\n")
    print(text)


if __name__ == "__main__":
    sys.exit(main())
