#!/usr/bin/env python3
"""Checks the symbols of the libraries with nm.

libcwasm.a: every global symbol begins with cw_ or cwasm_, and nothing calls abort or exit: a library does not end its host.
libcwasm.so: exports exactly the functions that cwasm.h declares.
"""
import argparse
import re
import subprocess
import sys

FORBIDDEN = {"abort", "exit", "_exit", "__assert_fail", "raise"}


def nm(*args):
    done = subprocess.run(["nm", "-P", *args], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    rows = [line.split() for line in done.stdout.splitlines()]
    return [(row[0].split("@")[0], row[1]) for row in rows if len(row) >= 2]


def declared(header):
    text = re.sub(r"/\*.*?\*/", "", open(header).read(), flags=re.DOTALL)
    return set(re.findall(r"CWASM_API\b[^;{]*?\b(cwasm_\w+)\s*\(", text))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--static", required=True)
    p.add_argument("--shared", required=True)
    p.add_argument("--header", required=True)
    args = p.parse_args()
    wrong, passed = [], 0

    symbols = nm("-g", args.static)
    defined = {name for name, kind in symbols if kind not in "Uwv"}
    stray = sorted(name for name in defined if not name.startswith(("cw_", "cwasm_")))
    wrong += [f"libcwasm.a: global symbol {name} has no prefix" for name in stray]
    wrong += [f"libcwasm.a: calls {name}" for name in sorted({n for n, k in symbols if k == "U"} & FORBIDDEN)]
    passed += not wrong

    public = declared(args.header)
    exported = {name for name, kind in nm("-D", "--defined-only", args.shared) if kind in "TDBRVW"}
    wrong += [f"libcwasm.so: {name} is declared but not exported" for name in sorted(public - exported)]
    wrong += [f"libcwasm.so: {name} is exported but not declared" for name in sorted(exported - public)]
    passed += public == exported

    for line in wrong:
        print(line)
    print(f"{len(defined)} global symbols, {len(public)} public functions")
    print(f"{passed} passed, {len(wrong)} failed")
    return bool(wrong) or not defined


if __name__ == "__main__":
    sys.exit(main())
