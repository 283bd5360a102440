#!/usr/bin/env python3
"""Fails if a hot handler of the tail-call dispatcher has a stack frame, a spill or a call.

A handler that pushes, pops, calls or moves the stack pointer has lost what the design is about: the machine state in registers
from one instruction to the next. Cold handlers (calls of guest functions excepted) may: they are named below.

    tools/check_handlers.py OBJECT        an object file or library with dispatch_tail.c in it; needs objdump; x86-64 only
"""

import re
import subprocess
import sys

# Handlers that call C functions, by design.
COLD = re.compile(
    r"^h_(call_import|call_indirect_\w+_slow|call_ref_slow|throw|throw_ref|i8x16_(relaxed_)?swizzle_.*|shufflev|call_big|return_call.*|ret_n|memory_(grow|grow64|fill|copy|init)|table_(grow|grow64|fill|copy|init)|(struct|array)_.*|ref_(test|cast).*|br_on_cast.*|"
    r"far_.*|atomic_(notify|wait32|wait64)|translate.*|in_place.*|lazy_enter|switch_back|host_enter)$")
BAD = re.compile(r"^\s*[0-9a-f]+:\s+(push|pop|call|enter|leave)\b|,\s*%rsp|\(%rsp")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    text = subprocess.run(["objdump", "-d", "--no-show-raw-insn", sys.argv[1]], stdout=subprocess.PIPE, check=True, text=True).stdout
    name, hot, bad = None, 0, {}
    for line in text.splitlines():
        head = re.match(r"^[0-9a-f]+ <(\w+)>:", line)
        if head:
            name = head.group(1)
            hot += name.startswith("h_") and not COLD.match(name)
        elif name and name.startswith("h_") and not COLD.match(name) and BAD.search(line):
            bad.setdefault(name, line.strip())
    for name, line in sorted(bad.items()):
        print(f"{name}: {line}")
    if not hot:
        print("no handlers found: is this a build with tail calls?")
    print(f"{hot - len(bad)} passed, {len(bad) + (not hot)} failed")
    return bool(bad) or not hot


if __name__ == "__main__":
    sys.exit(main())
