#!/usr/bin/env python3
"""Fails if a hot handler of the interpreter has a stack frame, a spill or a call.

A handler that pushes, pops, calls or touches the stack has lost what the design is about: the machine state in registers
from one instruction to the next. Cold handlers (calls of guest functions excepted) may: they are named below.

    tools/check_handlers.py FILE        an object file or library with loops in it (dispatch_*.c, compiled with -ffunction-sections); needs objdump, ar
                                        and cc; x86-64 only

Tail calls: no hot handler may push, pop, call or use the stack. Computed goto (gcc): neither may a way through a hot handler that makes no call, and
handlers begin at cache lines and end with a dispatch of their own, as the flags in cmake/Flags.cmake ask for. Computed goto and switch: after every call of a C function the three
accumulators in vector registers must have been set again on every way (src/interp/keep.h) before one is read or the next instruction begins.
"""

import collections
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Handlers that call C functions, by design.
COLD = re.compile(
    r"^(call_import|call_indirect_\w+_slow|call_ref_slow|throw|throw_ref|i8x16_(relaxed_)?swizzle_.*|shufflev|call_big|return_call.*|ret_n|memory_(grow|grow64|fill|copy|init)|table_(grow|grow64|fill|copy|init)|(struct|array)_.*|ref_(test|cast).*|br_on_cast.*|"
    r"far_.*|atomic_(notify|wait32|wait64)|translate.*|in_place.*|lazy_enter|switch_back|host_enter)$")
# With computed goto, that: gcc saves the divisor of a division, which nobody reads, and half a vector; slow cases of indirect calls have no call; a
# fence is an access to the stack; two have no next instruction.
COLD_GOTO = re.compile(r"^(i(32|64)_(div|rem)_.*|i64x2_abs_.*|call_(indirect_.*|ref)|atomic_fence|unreachable|exit)$")
# gcc 14 also saves vectors, or half of one, in these; gcc 12 and 13 do not.
COLD_GOTO_14 = re.compile(r"^(i8x16_popcnt_S|f(32x4|64x2)_(trunc|pmin)_.*|i(16x8|32x4)_extadd_pairwise_.*_s_S|i16x8_(relaxed_)?q15mulr_.*|i(16x8|32x4)_relaxed_dot_.*)$")
BAD = re.compile(r"^(push|pop|call|enter|leave)\b|,\s*%rsp|\(%rsp")


def tool(*command, **how):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True, **how).stdout


def check_tail(text):
    """Every handler is a function."""
    name, hot, bad = None, 0, {}
    for line in text.splitlines():
        head = re.match(r"^[0-9a-f]+ <(\w+)>:", line)
        if head:
            name = head[1].removeprefix("h_") if head[1].startswith("h_") else None
            hot += bool(name) and not COLD.match(name)
        elif name and not COLD.match(name):
            code = line.partition(":")[2].strip()
            if BAD.search(code):
                bad.setdefault(name, f"h_{name}: {line.strip()}")
    return hot, list(bad.values())


class Loop:
    """The function of the computed gotos: instructions by address, and where they lead."""

    def __init__(self, text):
        self.code, self.after = {}, {}
        last = None
        for line in text.splitlines():
            m = re.match(r"\s+([0-9a-f]+):\t(.+?)\s*(#.*)?$", line)
            if m and not m[2].startswith("R_X86"):
                at = int(m[1], 16)
                self.code[at] = re.sub(r"^(bnd|notrack) ", "", m[2])
                if last is not None:
                    self.after[last] = at
                last = at

    def successors(self, at):
        """Addresses; none after a return or where the next instruction of the guest begins."""
        code = self.code[at]
        m = re.match(r"j(\w+)\s+([0-9a-f]+) <", code)
        following = [self.after[at]] if at in self.after else []
        if m:
            return [int(m[2], 16)] + ([] if m[1].startswith("mp") else following)
        return [] if re.match(r"(jmp|ret|ud2)", code) else following

    def dispatches(self, at):
        return re.match(r"jmp\s+\*", self.code[at])

    def hot_way(self, start):
        """None if a way without calls leads from the handler to the next instruction and no such way touches the stack; else what is wrong."""
        seen, back, todo = {start}, collections.defaultdict(list), [start]
        ends = []
        while todo:
            at = todo.pop()
            if self.code[at].startswith("call"):
                continue
            if self.dispatches(at):
                ends.append(at)
            for to in self.successors(at):
                back[to].append(at)
                if to not in seen:
                    seen.add(to)
                    todo.append(to)
        if not ends:
            return "no way without a call"
        good = set(ends)
        while ends:
            for at in back[ends.pop()]:
                if at not in good:
                    good.add(at)
                    ends.append(at)
        return next((f"{at:x}: {self.code[at]}" for at in sorted(good) if BAD.search(self.code[at])), None)

    def lost_after(self, call):
        """What reads an accumulator, or ends, after a call that has not set it again; None if nothing does."""
        todo, seen = [(self.after[call], frozenset(KEPT))], set()
        while todo:
            at, missing = todo.pop()
            if (at, missing) in seen or not missing:
                continue
            seen.add((at, missing))
            code = self.code[at]
            if self.dispatches(at):
                return f"{at:x}: {code} with {' '.join(sorted(missing))} lost in {self.code[call]}"
            operands = code.partition(" ")[2]
            source, _, target = operands.rpartition(",")
            target = target.strip().lstrip("%")
            moves = re.match(r"(v?mov|v?pxor|v?xorp)", code)
            for register in missing:
                if f"%{register}" in operands and not (moves and target == register and f"%{register}" not in source):
                    return f"{at:x}: {code} reads what was lost in {self.code[call]}"
            if target in missing:
                missing = missing - {target}
            todo += [(to, missing) for to in self.successors(at)]
        return None


KEPT = ("xmm5", "xmm6", "xmm7")


def check_goto(path):
    """Labels are not symbols: the table of handlers says where they are."""
    records = re.search(r"RECORDS FOR \[\.data\.rel\.ro\.local\.handlers[.0-9]*\]:\n(.*?)(\n\n|\Z)", tool("objdump", "-r", path), re.S)
    starts = [int(m, 16) for m in re.findall(r"R_X86_64_64\s+\.text\.loop\+0x([0-9a-f]+)", records[1] if records else "")]
    source = '#define IR(id, size, text) @@id\n#include "code/ir.def"\n#define THEN(a, b) @@a##__##b\n#include "code/pairs.def"\n'
    names = re.findall(r"@@\s*(\w+)", tool(os.environ.get("CC", "cc"), "-E", "-P", "-I", str(ROOT / "src"), "-x", "c", "-", input=source))
    if len(starts) != len(names):
        return 0, [f"{len(starts)} handlers in the table of computed gotos, {len(names)} in ir.def and pairs.def"]
    loop = Loop(tool("objdump", "-d", "--no-show-raw-insn", "-j", ".text.loop", path))
    cold = [COLD, COLD_GOTO] + ([COLD_GOTO_14] if int(re.search(rb"GCC: \([^)]*\) (\d+)", Path(path).read_bytes())[1]) >= 14 else [])
    hot = [(name, start) for name, start in zip(names, starts) if not any(c.match(part) for part in name.split("__") for c in cold)]
    bad = [f"{name}: {wrong}" for name, start in hot if (wrong := loop.hot_way(start))]
    calls = [at for at, code in loop.code.items() if code.startswith("call") and at in loop.after]
    bad += [wrong for wrong in map(loop.lost_after, calls) if wrong]
    aligned = sum(start % 64 == 0 for start in starts)
    if aligned < len(starts) * 9 // 10:
        bad.append(f"only {aligned} of {len(starts)} handlers begin at a cache line")
    jumps = sum(bool(loop.dispatches(at)) for at in loop.code)
    if jumps < len(starts):
        bad.append(f"{jumps} dispatches for {len(starts)} handlers: the compiler has merged them")
    print(f"computed goto: {len(hot)} hot handlers, {len(calls)} calls, {aligned} of {len(starts)} handlers at cache lines")
    return len(hot) + len(calls) + 2, bad


def check_switch(path):
    """Only the calls: all handlers share one jump."""
    loop = Loop(tool("objdump", "-d", "--no-show-raw-insn", "-j", ".text.cw_run_switch", path))
    calls = [at for at, code in loop.code.items() if code.startswith("call") and at in loop.after]
    bad = [wrong for wrong in map(loop.lost_after, calls) if wrong]
    print(f"switch: {len(calls)} calls")
    return len(calls), bad


def loop_object(path, name, folder):
    """The object of one of the loops: path itself, or a member of the library; None if it has none."""
    if not path.endswith(".a"):
        return path if re.search(rf"\bcw_run_{name}$", tool("objdump", "-t", path), re.M) else None
    member = next((m for m in tool("ar", "t", path).split() if f"dispatch_{name}" in m), None)
    if not member:
        return None
    out = Path(folder) / f"dispatch_{name}.o"
    out.write_bytes(subprocess.run(["ar", "p", path, member], stdout=subprocess.PIPE, check=True).stdout)
    return str(out)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    path, checked, bad = sys.argv[1], 0, []
    if re.search(r"\bh_\w+$", tool("objdump", "-t", path), re.M):
        checked, bad = check_tail(tool("objdump", "-d", "--no-show-raw-insn", path))
    with tempfile.TemporaryDirectory() as folder:
        for name, check in (("goto", check_goto), ("switch", check_switch)):
            loop = loop_object(path, name, folder)
            if loop and b"GCC: (" in Path(loop).read_bytes():   # clang does without keep.h
                n, wrong = check(loop)
                checked, bad = checked + n, bad + wrong
    for line in bad:
        print(line)
    if not checked:
        print("no handlers found: are there loops in it?")
    print(f"{max(checked - len(bad), 0)} passed, {len(bad) + (not checked)} failed")
    return bool(bad) or not checked


if __name__ == "__main__":
    sys.exit(main())
