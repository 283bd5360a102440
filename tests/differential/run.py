#!/usr/bin/env python3
"""Differential tests: random modules, run in every variant of the engine (diff_run) and by Wasmtime; all must agree.

    run.py --diff-run PROGRAM [--seconds 20 | --modules N] [--seed N] [--generator own|smith|simd|gc|all] [--keep DIR]

The generators take turns: generate.py (dense in what the translator plays tricks with), `wasm-tools smith` (broad), the same with vectors and exceptions, and with
garbage collection and exceptions. Modules that differ are kept in --keep, named by generator and seed; `--only NAME` runs one of them again.
"""
import argparse
import concurrent.futures
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import generate
import oracle
from tools import find_tool

BATCH = 20
SMITH = {  # only what cwasm has, and nothing whose outcome is not fixed
    "relaxed-simd-enabled": False, "threads-enabled": False,
    "memory64-enabled": True, "custom-page-sizes-enabled": False, "wide-arithmetic-enabled": False, "custom-descriptors-enabled": False,
    "compact-imports-enabled": False, "shared-everything-threads-enabled": False,
    "tail-call-enabled": True, "bulk-memory-enabled": True, "multi-value-enabled": True, "reference-types-enabled": True,
    "saturating-float-to-int-enabled": True, "sign-extension-ops-enabled": True,
    "canonicalize-nans": True, "export-everything": True, "max-memories": 3, "max-imports": 0, "min-funcs": 2, "max-funcs": 20,
    "max-instructions": 400, "max-memory32-bytes": 1 << 22, "max-memory64-bytes": 1 << 22, "max-table-elements": 2000, "allow-start-export": False,
    "max-tables": 3, "max-globals": 8,
}


EXTRA = {  # what the three kinds of modules by wasm-tools smith have
    "smith": {"simd-enabled": False, "exceptions-enabled": False, "gc-enabled": False},
    "simd": {"simd-enabled": True, "exceptions-enabled": True, "gc-enabled": False},
    "gc": {"simd-enabled": False, "exceptions-enabled": True, "gc-enabled": True},
}


def smith(tool, seed, kind):
    rng = random.Random(seed)
    command = [tool, "smith", "--ensure-termination", "--fuel", "1000"]
    for key, value in (SMITH | EXTRA[kind]).items():
        command += [f"--{key}", str(value).lower()]
    # memory accesses mostly in bounds, so that modules live longer
    command += ["--memory-offset-choices", rng.choice(["90,9,1", "99,1,0"])]
    data = rng.randbytes(rng.choice([500, 2000, 6000]))
    done = subprocess.run(command, input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode:
        sys.exit(f"wasm-tools smith: {done.stderr.decode()}")
    return done.stdout


def normal(lines):
    """Traps of tables and of null references have one name each in Wasmtime and several here."""
    text = {"trap undefined element": "trap table", "trap out of bounds table access": "trap table",
            "undefined element": "table", "out of bounds table access": "table"}
    for what in ("function", "structure", "array", "i31", "exception"):
        text[f"trap null {what} reference"], text[f"null {what} reference"] = "trap null reference", "null reference"
    out = []
    for line in lines:
        head, _, tail = line.partition(": ")
        out.append(f"{head}: {text.get(tail, tail)}" if tail else line)
    return out


class Comparison:
    def __init__(self, args):
        self.args = args
        self.oracle = oracle.Oracle()
        self.passed = self.failed = self.skipped = self.calls = 0

    def total(self):
        return self.passed + self.failed

    def run_batch(self, modules):
        """modules: list of (name, bytes)."""
        with tempfile.TemporaryDirectory() as folder:
            paths = []
            for name, wasm in modules:
                path = os.path.join(folder, name + ".wasm")
                pathlib.Path(path).write_bytes(wasm)
                paths.append(path)
            try:
                done = subprocess.run([self.args.diff_run, *paths], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=self.args.timeout)
                output, crashed = done.stdout.decode(errors="replace"), done.returncode not in (0, 1) and done
            except subprocess.TimeoutExpired as error:
                output, crashed = (error.stdout or b"").decode(errors="replace"), "it takes too long"
        texts = {}
        current = None
        for line in output.splitlines():
            if line.startswith("module "):
                current = pathlib.Path(line[7:]).stem
                texts[current] = []
            elif current:
                texts[current].append(line)
        for name, wasm in modules:
            if name not in texts:
                continue   # after the crash
            if crashed and name == current:
                self.report(name, wasm, crashed if isinstance(crashed, str) else
                            f"exit status {crashed.returncode}\n{crashed.stderr.decode(errors='replace')[-2000:]}")
                rest = modules[[n for n, _ in modules].index(name) + 1:]
                if rest:
                    self.run_batch(rest)
                break
            self.compare(name, wasm, texts[name])

    def compare(self, name, wasm, got):
        if any(line.startswith("DIFFERENT") for line in got):
            at = next(i for i, line in enumerate(got) if line.startswith("DIFFERENT"))
            return self.report(name, wasm, "\n".join(got[at:at + 3]))
        expected = self.oracle.run(wasm)
        if expected is None:
            self.skipped += 1
            return None
        if any(f" {end}" in line for line in expected + got for end in ("call stack exhausted", "heap exhausted", "out of host memory")):
            self.skipped += 1   # where the stack and the heap end is everyone's own business
            return None
        not_callable = {line.split()[1] for line in expected if line.endswith(": not callable")}   # parameters that no argument fits
        expected, got = ([line for line in normal(lines) if line.split()[1] not in not_callable] for lines in (expected, got))
        if expected != got:
            differences = [f"  Wasmtime: {a}\n  cwasm:    {b}" for a, b in zip(expected, got) if a != b]
            if len(expected) != len(got):
                differences.append(f"  Wasmtime has {len(expected)} lines, cwasm {len(got)}: {got[:2]}")
            return self.report(name, wasm, "\n".join(differences[:3]))
        self.passed += 1
        self.calls += sum(line[0].isdigit() for line in got)
        return None

    def report(self, name, wasm, why):
        self.failed += 1
        path = pathlib.Path(self.args.keep) / f"{name}.wasm"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(wasm)
        print(f"FAIL {name}, kept as {path}\n{why}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--diff-run", required=True, help="the program diff_run")
    parser.add_argument("--seconds", type=float, default=20, help="for how long, without --modules")
    parser.add_argument("--modules", type=int, help="how many at least")
    parser.add_argument("--seed", type=int, default=1, help="of the first module; 0: another one each time")
    parser.add_argument("--generator", choices=["own", *EXTRA, "all"], default="all")
    parser.add_argument("--keep", default="differential-failures", help="where modules that differ are kept")
    parser.add_argument("--timeout", type=float, default=120, help="seconds for one batch")
    parser.add_argument("--only", help="run one module again: own-SEED, smith-SEED, simd-SEED or gc-SEED")
    args = parser.parse_args()
    tool = find_tool("wasm-tools") if args.generator != "own" else None
    comparison = Comparison(args)

    def make(kind, seed):
        return f"{kind}-{seed}", generate.module(seed) if kind == "own" else smith(tool, seed, kind)

    if args.only:
        kind, seed = args.only.split("-")
        comparison.run_batch([make(kind, int(seed))])
    else:
        seed = args.seed or random.randrange(1 << 40)
        kinds = ["own", "smith", "simd", "gc"] if args.generator == "all" else [args.generator]
        end = time.monotonic() + args.seconds
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            while comparison.total() < args.modules if args.modules else time.monotonic() < end:
                for kind in kinds:
                    comparison.run_batch(list(pool.map(lambda s, k=kind: make(k, s), range(seed, seed + BATCH))))
                    seed += BATCH
    print(f"{comparison.calls} calls compared, {comparison.skipped} modules not comparable")
    print(f"{comparison.passed} passed, {comparison.failed} failed")
    return 1 if comparison.failed or not comparison.passed else 0


if __name__ == "__main__":
    sys.exit(main())
