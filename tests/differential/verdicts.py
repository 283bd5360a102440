#!/usr/bin/env python3
"""Differential tests of validation: cwasm must say of each module what `wasm-tools validate --features wasm3` says.

    verdicts.py --cwasm PROGRAM [--modules 20000 | --seconds N] [--seed N] [--keep DIR]

A module by `wasm-tools smith` is changed by `wasm-tools mutate` again and again; each of these is compared, and two more made from it by changing
bytes inside a section or a function body, whose sizes are put right, so that what is wrong is found late. `mutate` does not know garbage
collection and exceptions: modules with them get only the changes of bytes. Modules that differ are kept in --keep.
"""
import argparse
import collections
import concurrent.futures
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support")]
from binary import leb_at, sections
from generate import leb
from tools import find_tool

MUTANTS = 12      # of one module by smith
BATCH = 40        # modules by smith at a time
OFF = ("custom-page-sizes-enabled", "wide-arithmetic-enabled", "custom-descriptors-enabled", "compact-imports-enabled",
       "shared-everything-threads-enabled")
ON = ("threads-enabled", "relaxed-simd-enabled", "memory64-enabled", "extended-const-enabled", "tail-call-enabled", "simd-enabled")
LIMITS = {"max-funcs": 12, "max-instructions": 300, "max-imports": 6, "max-types": 12, "max-exports": 10, "max-tables": 4, "max-memories": 3, "max-globals": 8,
          "max-element-segments": 6, "max-data-segments": 6, "max-tags": 4, "min-funcs": 1, "min-types": 1, "max-elements": 20}
# (what wasm-tools says, what cwasm says): differences with a reason. An empty text: it is valid.
EXPLAINED = []


def change(data, rng):
    """A few bytes are other ones, less, or more."""
    data = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        at = rng.randrange(len(data) + 1)
        byte = rng.choice((rng.randrange(256), rng.choice(data) if data else 0, rng.choice(b"\x00\x01\x0b\x0f\x1a\x20\x40\x7f\x7e\x70\x6f\x63\x64\xfb\xfc\xfd")))
        what = rng.random()
        if what < 0.4 and at < len(data):
            data[at] = byte
        elif what < 0.55 and at < len(data):
            data[at] ^= 1 << rng.randrange(8)
        elif what < 0.65:
            data.insert(at, byte)
        elif what < 0.75:
            del data[at:at + rng.choice((1, 1, 2))]
        elif what < 0.85 and at < len(data):
            data[at] = (data[at] + rng.choice((1, -1))) & 255
        else:
            other = rng.randrange(len(data) + 1)
            data[at:at] = data[other:other + rng.randint(1, 6)]
    return bytes(data)


def changed(wasm, rng):
    """The module with a change inside a section, mostly the code, or rarely anywhere."""
    parts = sections(wasm)
    if not parts or rng.random() < 0.05:
        return change(wasm, rng)
    weights = [12 if kind == 10 else 1 for kind, _ in parts]
    which = rng.choices(range(len(parts)), weights)[0]
    kind, content = parts[which]
    if kind == 10 and rng.random() < 0.95:
        count, at = leb_at(content, 0)
        bodies = []
        for _ in range(count or 0):
            size, at = leb_at(content, at)
            bodies.append(content[at:at + size])
            at += size
        if bodies:
            victim = rng.randrange(len(bodies))
            bodies[victim] = change(bodies[victim], rng)
        content = leb(len(bodies)) + b"".join(leb(len(b)) + b for b in bodies)
    else:
        content = change(content, rng)
    parts[which] = kind, content
    if rng.random() < 0.02:
        rng.shuffle(parts)
    return wasm[:8] + b"".join(bytes([k]) + leb(len(c)) + c for k, c in parts)


class Verdicts:
    def __init__(self, args):
        self.args, self.tool = args, find_tool("wasm-tools")
        self.passed = self.failed = 0
        self.kinds = collections.Counter()
        self.explained = collections.Counter()

    def family(self, seed):
        """[(kind, bytes)]: one module by smith and what is made of it."""
        rng = random.Random(seed)
        modern = seed % 3 == 0
        command = [self.tool, "smith", "--allow-invalid-funcs", str(rng.random() < 0.1).lower()]
        for name in OFF:
            command += [f"--{name}", "false"]
        for name in ON:
            command += [f"--{name}", "true"]
        for name in ("gc-enabled", "exceptions-enabled"):
            command += [f"--{name}", str(modern).lower()]
        for name, value in LIMITS.items():
            command += [f"--{name}", str(value)]
        made = subprocess.run(command, input=rng.randbytes(rng.choice((300, 2000, 6000))), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        if made.returncode:
            return []
        wasm, kind, out = made.stdout, "smith, gc and exceptions" if modern else "smith", []
        for turn in range(MUTANTS):
            out.append((kind, wasm))
            out += [(kind + ", bytes changed", changed(wasm, rng)) for _ in range(MUTANTS if modern and turn == 0 else 1)]
            if modern:
                break
            more = subprocess.run([self.tool, "mutate", "--seed", str(rng.randrange(1 << 60)), "--fuel", "300", "-"], input=wasm, stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL)
            if more.returncode:
                break
            kind, wasm = "smith and mutate", more.stdout
        return out

    def reference(self, path):
        done = subprocess.run([self.tool, "validate", "--features", "wasm3", path], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if done.returncode not in (0, 1):
            sys.exit(f"wasm-tools validate ends with status {done.returncode}: {done.stderr.decode(errors='replace')}")
        return done.returncode and done.stderr.decode(errors="replace").strip() or ""

    def batch(self, seeds, pool):
        with tempfile.TemporaryDirectory() as folder:
            modules = []
            for seed, family in zip(seeds, pool.map(self.family, seeds)):
                for n, (kind, wasm) in enumerate(family):
                    path = f"{folder}/{seed}-{n}.wasm"
                    pathlib.Path(path).write_bytes(wasm)
                    modules.append((path, kind))
            done = subprocess.run([self.args.cwasm, "validate", *(p for p, _ in modules)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            said, current = collections.defaultdict(str), None
            for line in done.stderr.decode(errors="replace").splitlines():
                if line.startswith(f"cwasm: {folder}/"):
                    current = line[7:].split(": ")[0]
                if current:
                    said[current] += line + "\n"
            if done.returncode not in (0, 126) or set(said) - {p for p, _ in modules}:
                # one of them ends the program: alone, it shows itself
                print(f"cwasm validate: status {done.returncode}\n{done.stderr.decode(errors='replace')[-2000:]}")
                for path, _ in modules:
                    one = subprocess.run([self.args.cwasm, "validate", path], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
                    if one.returncode not in (0, 126):
                        self.report(path, f"cwasm ends with status {one.returncode}", "")
                self.failed += 1
                return
            for (path, kind), theirs in zip(modules, pool.map(self.reference, (p for p, _ in modules))):
                self.compare(path, kind, theirs, said[path])

    def compare(self, path, kind, theirs, ours):
        self.kinds[kind, "invalid" if theirs else "valid"] += 1
        if bool(theirs) == bool(ours):
            self.passed += 1
            return
        for their_part, our_part, why in EXPLAINED:
            if (their_part in theirs if their_part else not theirs) and (our_part in ours if our_part else not ours):
                self.explained[why] += 1
                return
        self.report(path, theirs, ours)

    def report(self, path, theirs, ours):
        self.failed += 1
        kept = pathlib.Path(self.args.keep) / pathlib.Path(path).name
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(pathlib.Path(path).read_bytes())
        print(f"FAIL {kept}\n  wasm-tools: {theirs or 'valid'}\n  cwasm:      {ours.strip() or 'valid'}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cwasm", required=True)
    parser.add_argument("--modules", type=int, help="how many at least")
    parser.add_argument("--seconds", type=float, default=20, help="for how long, without --modules")
    parser.add_argument("--seed", type=int, default=1, help="of the first module by smith")
    parser.add_argument("--keep", default="differential-failures", help="where modules that differ are kept")
    args = parser.parse_args()
    verdicts, seed, end = Verdicts(args), args.seed, time.monotonic() + args.seconds
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        while sum(verdicts.kinds.values()) < args.modules if args.modules else time.monotonic() < end:
            verdicts.batch(range(seed, seed + BATCH), pool)
            seed += BATCH
    for (kind, verdict), n in sorted(verdicts.kinds.items()):
        print(f"{n:7} {verdict:8} {kind}")
    for why, n in verdicts.explained.items():
        print(f"{n:7} differ, explained: {why}")
    print(f"{verdicts.passed + sum(verdicts.explained.values())} passed, {verdicts.failed} failed")
    return 1 if verdicts.failed or not verdicts.passed else 0


if __name__ == "__main__":
    sys.exit(main())
