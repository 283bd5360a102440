#!/usr/bin/env python3
"""How many programs fit on a machine as processes: starts COUNT guests that wait for a request on their standard input and answer it, and measures how
long it takes to start them all, what memory they share and what each has for itself (PSS), how many mappings each has, and how long a request
through every one of them takes. The engines take turns. `native` is the guest as a native program, three times: linked with the shared glibc, statically
with glibc, and statically with musl, the smallest there is; the other way, many instances in one process, is measured by the library's own tool.

    bench/density.py --cwasm b/cwasm --count 5000
    bench/density.py --cwasm b/cwasm --count 500 --engines cwasm,wasm3,wasmi,pulley,native
"""

import argparse
import datetime
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import common
import engines as engine_list
import recipes
from coldstart import LIBC, native_name, native_version

SHARED = "native, shared glibc"


def memory(pid):
    """(PSS, private, mappings) of a process: bytes, bytes, a count."""
    values = {}
    with open(f"/proc/{pid}/smaps_rollup") as f:
        for line in f:
            key, _, rest = line.partition(":")
            if rest.strip().endswith("kB"):
                values[key] = int(rest.split()[0]) * 1024
    with open(f"/proc/{pid}/maps") as f:
        count = sum(1 for _ in f)
    return values["Pss"], values["Private_Clean"] + values["Private_Dirty"], count


def measure(command, count):
    """Start all; ask each once before anything is measured, so that all are up; then measure."""
    guests = []
    try:
        start = time.monotonic()
        for _ in range(count):
            guests.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0))
        spawned = time.monotonic() - start
        for guest in guests:
            if guest.stdout.readline() != b"ready\n":
                common.die(f"{command[0]}: a guest does not start")
        started = time.monotonic() - start
        memories = [memory(g.pid) for g in guests]
        times = []
        for n in range(2):
            start = time.monotonic()
            for i, guest in enumerate(guests):
                guest.stdin.write(b"%d\n" % (i + n))
                if guest.stdout.readline() != b"%d\n" % ((i + n) * 2):
                    common.die(f"{command[0]}: a wrong answer")
            times.append(time.monotonic() - start)
        return {"count": count, "spawned": spawned, "started": started, "request": min(times) / count,
                "pss": sum(m[0] for m in memories) / count, "private": sum(m[1] for m in memories) / count, "mappings": max(m[2] for m in memories)}
    finally:
        for guest in guests:
            guest.stdin.close()
        for guest in guests:
            guest.stdout.close()
            guest.wait()


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    engine_list.add_options(p)
    p.add_argument("--count", type=int, default=1000, help="processes of each engine (default: %(default)s)")
    p.add_argument("--cache", type=Path, default=common.cache_dir(), help="default: %(default)s")
    p.add_argument("--out", type=Path, default=common.HERE / "results", help="where the report goes (default: bench/results)")
    p.add_argument("--name", default="density", help="name of the report files (default: %(default)s)")
    opts = p.parse_args()
    engines = engine_list.wanted(opts, ["cwasm"])
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 2 * opts.count + 100 > hard:
        common.die(f"{opts.count} processes need {2 * opts.count + 100} open files; the limit is {hard}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2 * opts.count + 100), hard))

    wasm, native = recipes.own("idle.c")(opts.cache / "guests")
    programs, versions = {}, {}
    for engine in engines:
        if engine.name == "native":
            programs[SHARED], versions[SHARED] = [native], f"clang -O2, {common.first_line([common.guest_compiler(recipes.CLANG)[0], '--version'])}"
            for libc, (cc, package) in LIBC.items():
                static = common.compile_c([common.tool(cc, package), "-O2", "-static"], common.GUESTS / "idle.c", opts.cache / f"idle.{libc}")
                programs[native_name(libc)], versions[native_name(libc)] = [static], native_version(libc)
        else:
            programs[engine.name], versions[engine.name] = engine.run(wasm), engine.version
    results = {}
    for name, command in programs.items():
        results[name] = measure([str(c) for c in command], opts.count)
        print(f"{name} done", file=sys.stderr)
    notes = [f"{opts.count} processes at once, each with an idle guest of {wasm.stat().st_size // 1024} KiB that answers lines on standard input. PSS: resident memory, "
             "shared pages divided among those who share them. Started: until each has said that it is ready. Request: there and back through "
             "a pipe, one after the other, mean; the better of two passes."]
    rows = [[name, f"{r['pss'] / 1024:.0f}", f"{r['private'] / 1024:.0f}", r["mappings"], f"{r['started']:.2f}", f"{r['started'] / r['count'] * 1e3:.2f}",
             f"{r['request'] * 1e6:.0f}", f"{r['pss'] * r['count'] / 2**20:.0f}"] for name, r in results.items()]
    text = "\n\n".join([common.head("Density: one process per guest", versions, notes),
                        common.table(["engine", "PSS each, KiB", "private each, KiB", "mappings", "started all, s", "each, ms", "request, us", "all, MiB"], rows)]) + "\n"
    data = {"command": common.command_line(), "date": datetime.datetime.now().astimezone().isoformat(timespec="seconds"), "machine": common.machine(),
            "results": results}
    opts.out.mkdir(parents=True, exist_ok=True)
    (opts.out / f"{opts.name}.md").write_text(text)
    (opts.out / f"{opts.name}.json").write_text(json.dumps(data) + "\n")
    print(text)


if __name__ == "__main__":
    sys.exit(main())
