#!/usr/bin/env python3
"""Compiles cwasm.h alone, with all warnings as errors, as C99, C11, C17 and C++11 to C++20, with every compiler there is; and names
public functions that have no comment above them and share none with their neighbours."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]
# C++ before 20 has no designated initialisers; the header uses one in its inline functions, as an extension
CASES = [("c", std, ["-Wstrict-prototypes"]) for std in ("c99", "c11", "c17")]
CASES += [("c++", std, ["-Wno-pedantic"]) for std in ("c++11", "c++17", "c++20")]
PROGRAM = '#include "cwasm.h"\n#include "cwasm.h"\nint main(void) { return cwasm_i32(0).of.i32; }\n'


def compilers():
    for name in ("gcc", "g++", "clang", "clang-14", "clang-19", "clang++-19"):
        if shutil.which(name):
            yield name


def uncommented(header):
    """Public functions that follow neither a comment nor another declaration of a commented group."""
    lines, missing, covered = open(header).read().splitlines(), [], False
    for line in lines:
        if line.startswith("CWASM_API"):
            name = re.search(r"\b(cwasm_\w+)\s*\(", line)
            if name and not covered:
                missing.append(name.group(1))
        elif "*/" in line or line.startswith((" *", "/*", "   ")):
            covered = True
        elif not line.strip():
            covered = False
    return missing


def main():
    header = sys.argv[1]
    passed, failed = 0, 0
    with tempfile.TemporaryDirectory() as folder:
        for cc in compilers():
            for language, std, extra in CASES:
                if "++" in cc and language == "c":
                    continue
                command = [cc, "-x", language, f"-std={std}", *WARNINGS, *extra, "-I", os.path.dirname(header), "-c", "-o",
                           os.path.join(folder, "a.o"), "-"]
                done = subprocess.run(command, input=PROGRAM, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                if done.returncode == 0:
                    passed += 1
                else:
                    failed += 1
                    print(f"{cc} -std={std}:\n{done.stdout}")
    missing = uncommented(header)
    for name in missing:
        print(f"note: {name} has no comment above it")
    print(f"{passed} passed, {failed} failed")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
