#!/usr/bin/env python3
"""Differential tests of legacy exceptions: random modules full of try, catch, catch_all, delegate and rethrow, run in every variant of the engine
(diff_run) and by Node; all must agree in results, traps, uncaught exceptions, globals and memory.

    legacy.py --diff-run PROGRAM [--modules 3000 | --seconds N] [--seed N] [--keep DIR]

Every step of a module notes in memory that it was taken, so that what is compared is the path through it. Floats stay far from NaN. Every run
ends: loops count, and functions stop calling when a global has run down.
"""
import argparse
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from generate import leb, name, section, sleb, vector

I32, I64, F32, F64, V128 = 0x7f, 0x7e, 0x7d, 0x7c, 0x7b
TYPES = [I32, I32, I64, F32, F64, V128]
ADD = {I32: b"\x6a", I64: b"\x7c", F32: b"\x92", F64: b"\xa0", V128: b"\xfd\xae\x01"}
TAGS = [[], [I32], [I64], [F64], [I32, I64], [V128], [F32, I32, F64], [I64, V128, I32]]
BATCH = 100
FUEL, TRACE, N_GLOBALS = 0, 1, 2   # globals


class Function:
    """Writes one body. What `expression` leaves on the stack is one value; a `statement` leaves nothing."""

    def __init__(self, rng, signatures, params, results):
        self.rng, self.signatures, self.params, self.results = rng, signatures, params, results
        self.locals = params + [rng.choice(TYPES) for _ in range(4)] + [I32, I64, F32, F64, V128]
        self.n_pool = len(self.locals)   # locals that may be written; counters of loops come after them
        self.code = bytearray()
        self.labels = []       # innermost last: (kind, types that a branch to it carries)
        self.budget = rng.randint(15, 90)

    def emit(self, *parts):
        for part in parts:
            self.code += part if isinstance(part, (bytes, bytearray)) else bytes([part])

    def one_of(self, t):
        return self.rng.choice([x for x, kind in enumerate(self.locals[:self.n_pool]) if kind == t])

    def get(self, t):
        self.emit(0x20, leb(self.one_of(t)))

    def constant(self, t):
        n = self.rng.choice((0, 1, 2, 3, 5, -1, 100))
        self.emit(0x41 if t != I64 else 0x42, sleb(n))
        self.emit({I32: b"", I64: b"", F32: b"\xb2", F64: b"\xb7", V128: b"\xfd\x11"}[t])

    def trace(self):
        self.emit(0x23, TRACE, 0x41, sleb(self.rng.randrange(1, 200)), 0x3a, 0, 0, 0x23, TRACE, 0x41, 1, 0x6a, 0x41, sleb(0x3fff), 0x71, 0x24, TRACE)

    def condition(self):
        if self.rng.random() < 0.5:
            self.get(I32)
            self.emit(0x41, sleb(self.rng.choice((1, 2, 3))), 0x71)
        else:
            self.emit(0x23, TRACE, 0x41, sleb(self.rng.choice((2, 3, 5))), 0x70)   # another one each time
        if self.rng.random() < 0.4:
            self.emit(0x45)

    def expression(self, t, depth):
        self.budget -= 1
        roll = self.rng.random()
        if depth <= 0 or self.budget <= 0 or roll < 0.25:
            (self.get if self.rng.random() < 0.6 else self.constant)(t)
        elif roll < 0.5:
            self.expression(t, depth - 1)
            self.expression(t, depth - 1)
            self.emit(ADD[t])
        elif roll < 0.85:
            self.block([t], depth)
        elif t == I32 and roll < 0.9:
            self.expression(F64, depth - 1)
            self.emit(b"\xfc\x02")
        elif t == I32 and roll < 0.95:
            self.expression(V128, depth - 1)
            self.emit(b"\xfd\x1b", self.rng.randrange(4))
        else:
            self.call(t, depth)

    def call(self, t, depth):
        fits = [i for i, (_, results) in enumerate(self.signatures) if results == [t]]
        if not fits:
            return self.get(t)
        i = self.rng.choice(fits)
        for param in self.signatures[i][0]:
            self.expression(param, depth - 1)
        if self.rng.random() < 0.8:
            self.emit(0x10, leb(i))
        else:
            self.emit(0x41, sleb(i), 0x11, leb(len(TAGS) + i), 0)

    def statement(self, depth):
        self.budget -= 1
        roll = self.rng.random()
        if roll < 0.3 or depth <= 0 or self.budget <= 0:
            self.trace()
        elif roll < 0.6:
            t = self.rng.choice(TYPES)
            self.expression(t, depth - 1)
            self.emit(0x21, leb(self.one_of(t)))
        elif roll < 0.9:
            self.block([], depth)
        else:
            self.condition()
            self.emit(4, 0x40)
            self.labels.append(("block", []))
            self.leave(depth - 1)
            self.labels.pop()
            self.emit(0x0b)

    def leave(self, depth):
        """Anything that does not go on here."""
        roll = self.rng.random()
        caught = [n for n, (kind, _) in enumerate(reversed(self.labels)) if kind == "catch"]
        if roll < 0.5 or roll < 0.7 and not caught:
            tag = self.rng.randrange(len(TAGS))
            for t in TAGS[tag]:
                self.expression(t, depth - 1)
            self.emit(8, leb(tag))
        elif roll < 0.7:
            self.emit(9, leb(self.rng.choice(caught)))
        elif roll < 0.93:
            n = self.rng.choice([n for n, (kind, _) in enumerate(reversed(self.labels)) if kind != "loop"])
            for t in self.labels[-1 - n][1]:
                self.expression(t, depth - 1)
            self.emit(0x0c, leb(n))
        elif roll < 0.96:
            for t in self.results:
                self.expression(t, depth - 1)
            self.emit(0x0f)
        elif roll < 0.98:
            self.emit(0x41, 1, 0x41, 0, self.rng.choice((0x6d, 0x6f)), 0x1a, 0)
        else:
            self.emit(0)

    def sequence(self, results, depth):
        """The inside of a block."""
        for _ in range(self.rng.randint(0, 3)):
            self.statement(depth - 1)
        if self.rng.random() < 0.3:
            return self.leave(depth - 1)
        if self.rng.random() < 0.3:   # a value waits below a statement
            for t in results:
                self.expression(t, depth - 1)
            self.statement(depth - 1)
        else:
            self.statement(depth - 1)
            for t in results:
                self.expression(t, depth - 1)
        return None

    def block(self, results, depth):
        kind = bytes(results) or b"\x40"
        roll = self.rng.random()
        if roll < 0.1:
            self.emit(2, kind)
            self.inside("block", results, results, depth)
        elif roll < 0.2 and sum(k == "loop" for k, _ in self.labels) < 2:
            counter = len(self.locals)
            self.locals.append(I32)
            self.emit(0x41, sleb(self.rng.randint(1, 3)), 0x21, leb(counter), 3, 0x40)
            self.inside("loop", [], [], depth)
            self.emit(0x20, leb(counter), 0x41, 1, 0x6b, 0x22, leb(counter), 0x0d, 0)
            self.emit(0x0b)
            for t in results:
                self.get(t)
            return
        else:
            self.try_block(kind, results, depth)
            return
        self.emit(0x0b)

    def inside(self, what, carried, results, depth):
        self.labels.append((what, carried))
        if what == "loop":   # its last instructions are a test: they must be reached
            for _ in range(self.rng.randint(1, 3)):
                self.statement(depth - 1)
        else:
            self.sequence(results, depth)
        self.labels.pop()

    def try_block(self, kind, results, depth):
        self.emit(6, kind)
        self.inside("try", results, results, depth)
        if self.rng.random() < 0.25:
            self.emit(0x18, leb(self.rng.randrange(len(self.labels))))
            return
        for tag in self.rng.sample(range(len(TAGS)), self.rng.choice((0, 1, 1, 2, 3))):
            self.emit(7, leb(tag))
            for t in reversed(TAGS[tag]):
                self.emit(0x21, leb(self.one_of(t)))
            self.inside("catch", results, results, depth)
        if self.rng.random() < 0.3:
            self.emit(0x19)
            self.inside("catch", results, results, depth)
        self.emit(0x0b)

    def body(self):
        # out of fuel: no further calls
        self.emit(0x23, FUEL, 0x45, 4, 0x40)
        for t in self.results:
            self.constant(t)
        self.emit(0x0f, 0x0b, 0x23, FUEL, 0x41, 1, 0x6b, 0x24, FUEL)
        self.labels.append(("block", self.results))
        self.sequence(self.results, 5)
        self.emit(0x0b)
        groups = vector([leb(1) + bytes([t]) for t in self.locals[len(self.params):]])
        return leb(len(groups) + len(self.code)) + groups + bytes(self.code)


def module(seed):
    rng = random.Random(seed)
    n = rng.randint(2, 6)
    signatures = [([rng.choice((I32, I32, I64)) for _ in range(rng.randint(0, 3))], [rng.choice((I32, I32, I64, F64, V128))]) for _ in range(n)]
    bodies = [Function(rng, signatures, *s).body() for s in signatures]
    types = [b"\x60" + vector([bytes([t]) for t in params]) + vector([bytes([t]) for t in results]) for params, results in [(t, []) for t in TAGS] + signatures]
    # only what JavaScript has numbers for is called from outside
    exports = [(f"f{i}", 0, i) for i, (_, results) in enumerate(signatures) if results[0] in (I32, I64)]
    exports += [("trace", 3, TRACE), ("fuel", 3, FUEL), ("memory", 2, 0)]
    return b"\0asm\1\0\0\0" + b"".join((
        section(1, vector(types)), section(3, vector([leb(len(TAGS) + i) for i in range(n)])), section(4, vector([b"\x70\0" + leb(n)])),
        section(5, b"\1\0\1"), section(13, vector([b"\0" + leb(i) for i in range(len(TAGS))])),
        section(6, vector([b"\x7f\1\x41" + sleb(v) + b"\x0b" for v in (60, 0)])),
        section(7, vector([name(text) + bytes([kind]) + leb(i) for text, kind, i in exports])),
        section(9, vector([b"\0\x41\0\x0b" + vector([leb(i) for i in range(n)])])), section(10, vector(bodies))))


def texts(output):
    found, current = {}, None
    for line in output.splitlines():
        if line.startswith("module "):
            current = found.setdefault(pathlib.Path(line[7:]).name, [])
        elif current is not None:
            current.append(line)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--diff-run", required=True, help="the program diff_run")
    parser.add_argument("--modules", type=int, help="how many at least")
    parser.add_argument("--seconds", type=float, default=10, help="for how long, without --modules")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", default="differential-failures", help="where modules that differ are kept")
    args = parser.parse_args()
    node = shutil.which("node") or shutil.which("nodejs")
    if not node:
        sys.exit("no node: apt install nodejs")
    passed = failed = skipped = calls = uncaught = traps = 0
    seed, end = args.seed, time.monotonic() + args.seconds
    while passed + failed < args.modules if args.modules else time.monotonic() < end:
        with tempfile.TemporaryDirectory() as folder:
            paths = []
            for n in range(seed, seed + BATCH):
                paths.append(os.path.join(folder, f"legacy-{n}.wasm"))
                pathlib.Path(paths[-1]).write_bytes(module(n))
            theirs = subprocess.Popen([node, HERE / "legacy_node.js", *paths], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            ours = subprocess.run([args.diff_run, *paths], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            output, errors = theirs.communicate()
            if theirs.returncode or ours.returncode not in (0, 1):
                print(f"FAIL node: status {theirs.returncode}, diff_run: status {ours.returncode}\n{errors[-2000:]}{ours.stderr[-2000:]}")
                failed += 1
            expected, got = texts(output), texts(ours.stdout)
            for path in map(pathlib.Path, paths):
                a, b = expected.get(path.name), got.get(path.name)
                if a and b and any("call stack exhausted" in line for line in a + b):
                    skipped += 1
                elif a and a == b:
                    passed += 1
                    calls += sum(line[0].isdigit() for line in a)
                    uncaught += sum("uncaught" in line for line in a)
                    traps += sum(" trap " in line and "uncaught" not in line for line in a)
                else:
                    failed += 1
                    kept = pathlib.Path(args.keep) / path.name
                    kept.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(path, kept)
                    differences = [f"  node:  {x}\n  cwasm: {y}" for x, y in zip(a or ["nothing"], b or ["nothing"]) if x != y]
                    different = [line for line in b or () if line.startswith("DIFFERENT")]
                    print(f"FAIL {kept}\n" + "\n".join((different + differences)[:3]), flush=True)
        seed += BATCH
    print(f"{calls} calls compared, {uncaught} ended by an exception, {traps} by a trap; {skipped} modules not comparable")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
