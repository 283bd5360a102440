#!/usr/bin/env python3
"""What instances cost inside one process: making, calling and dropping one (fresh, prepared, pooled), how many a second on all processors, and
holding thousands of them at once, each with a store, a memory and a WASI of its own.

    bench/instances.py --build build/release
"""

import argparse
import datetime
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

import common
import recipes

SOURCES = recipes.GUESTS / "instances"
GUESTS = [("hello", "_start"), ("service", "handle"), ("data", "handle")]


def wasm(name, out):
    source = SOURCES / f"{name}.c"
    if not source.exists():
        source = recipes.GUESTS / f"{name}.c"
    clang = common.guest_compiler("clang-19 lld-19 libclang-rt-19-dev-wasm32 wasi-libc")
    command = [*clang, "--target=wasm32-wasi", "-O2", "-Wl,--strip-all", *recipes.cflags(source)]
    return common.compile_c(command, [source], out / f"{name}.wasm")


def run(program, *words):
    done = subprocess.run([str(program), *map(str, words)], stdout=subprocess.PIPE, text=True, timeout=600)
    if done.returncode:
        common.die(f"{' '.join(map(str, words))}: status {done.returncode}")
    return [line.split() for line in done.stdout.splitlines()]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--build", type=Path, required=True, help="a build folder with libcwasm.a")
    p.add_argument("--runs", type=int, default=2000, help="instances per way and round (default: %(default)s)")
    p.add_argument("--rounds", type=int, default=5, help="rounds, interleaved (default: %(default)s)")
    p.add_argument("--seconds", type=float, default=2, help="of each rate (default: %(default)s)")
    p.add_argument("--idle", type=int, default=5000, help="instances held at once (default: %(default)s)")
    p.add_argument("--cache", type=Path, default=common.cache_dir(), help="default: %(default)s")
    p.add_argument("--out", type=Path, default=common.HERE / "results", help="where the report goes (default: bench/results)")
    p.add_argument("--name", default="instances", help="name of the report files (default: %(default)s)")
    opts = p.parse_args()

    library = opts.build / "libcwasm.a"
    cc = [common.tool("cc", "gcc"), "-O2", "-I", str(common.HERE.parent / "include")]
    program = opts.cache / "instances"
    opts.cache.mkdir(parents=True, exist_ok=True)
    if subprocess.run([*cc, str(common.HERE / "instances.c"), str(library), "-lm", "-lpthread", "-o", str(program)]).returncode:
        common.die("cannot compile instances.c")
    modules = {name: wasm(name, opts.cache / "guests") for name, _ in GUESTS}

    times, rates = {}, {}
    for _ in range(opts.rounds):
        for name, export in GUESTS:
            for way, *figures in run(program, "latency", modules[name], export, opts.runs):
                times.setdefault((name, way), []).append([float(f) / 1e3 for f in figures])
    for name, export in GUESTS:
        rates[name] = {n: float(run(program, "rate", modules[name], export, opts.seconds, n)[0][1]) for n in sorted({1, os.cpu_count()})}
    dense = [{key: float(value) for key, value in run(program, "density", modules["service"], "handle", opts.idle)} for _ in range(opts.rounds)]

    rows = [[name, way, f"{min(f[0] for f in figures):.2f}", f"{statistics.median(f[1] for f in figures):.2f}",
             f"{min(f[2] for f in figures):.2f}"] for (name, way), figures in times.items()]
    best = {key: min(d[key] for d in dense) for key in dense[0]}
    text = "\n\n".join([
        common.head("Instances", {}, [
            "Microseconds for all of: a WASI, a store, an instance, one call, dropping them. fresh: module instantiated; prepared: imports looked up",
            "once, large data mapped copy on write; pooled: the store is used again. `hello` prints a line (to a callback), `service` keeps state and",
            f"formats text ({modules['service'].stat().st_size // 1000} kB), `data` has 1 MiB of initialised data. Minimum, median of medians and least p99 of {opts.rounds} interleaved rounds of {opts.runs}."]),
        common.table(["guest", "way", "minimum", "median", "p99"], rows),
        "Pooled instances made, called and given back per second:",
        common.table(["guest", *(f"{n} thread{'s' * (n > 1)}" for n in next(iter(rates.values())))],
                     [[name, *(f"{r:,.0f}" for r in by.values())] for name, by in rates.items()]),
        f"{opts.idle:,} instances of `service` at once in one process, each with a store, a memory and a WASI of its own (best of {opts.rounds} runs):",
        common.table(["", "all together", "each"], [
            ["time to start, with a first request", f"{best['start_seconds']:.3f} s", f"{best['start_seconds'] / opts.idle * 1e6:.1f} µs"],
            ["resident memory", f"{best['kib_each'] * opts.idle / 1024:.0f} MiB", f"{best['kib_each']:.1f} KiB"],
            ["mappings", f"{best['mappings_each'] * opts.idle:.0f}", f"{best['mappings_each']:.2f}"],
            ["a request through each", f"{best['request_microseconds'] * opts.idle / 1e6:.3f} s", f"{best['request_microseconds']:.2f} µs"]]),
    ]) + "\n"
    data = {"command": common.command_line(), "date": datetime.datetime.now().astimezone().isoformat(timespec="seconds"), "machine": common.machine(),
            "microseconds": {f"{name} {way}": figures for (name, way), figures in times.items()}, "per_second": rates, "density": dense}
    opts.out.mkdir(parents=True, exist_ok=True)
    (opts.out / f"{opts.name}.md").write_text(text)
    (opts.out / f"{opts.name}.json").write_text(json.dumps(data) + "\n")
    print(text)


if __name__ == "__main__":
    sys.exit(main())
